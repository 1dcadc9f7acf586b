using System.Security.Cryptography;
using Talos.Ota.Bundle;
using Talos.Pki;

namespace Talos.Ota.Bench;

/// <summary>Makes a signed bundle of version v2.0.0 with a throw-away key.</summary>
internal static class BundleCommand
{
    /// <summary>Bytes of the boot payload: only the root is compared.</summary>
    public const int BootLength = 4096;

    /// <summary>Level of zstd, as in the bundles of the peers: packing is not what is measured.</summary>
    private const int Level = 9;

    /// <summary>Writes the bundle, and its anchors to <c>anchors.pem</c> beside it.</summary>
    /// <param name="bundle">Path of the bundle.</param>
    /// <param name="root">The new root.</param>
    /// <param name="delta">A delta to it; null for none.</param>
    /// <param name="oldRoot">The delta's base.</param>
    public static async Task RunAsync(string bundle, string root, string? delta, string? oldRoot)
    {
        var authority = CertificateAuthority.Create(AuthorityOptions.Updates, TimeProvider.System);
        CertificateAndKey pair = authority.IssueCodeSigner("bench", KeyAlgorithm.EcdsaP256, TimeSpan.FromDays(30));
        BundleSigner signer = new(pair.CertificatePem, PrivateKey.FromPem(pair.KeyPem.Reveal()));
        await File.WriteAllTextAsync(Path.Combine(Path.GetDirectoryName(Path.GetFullPath(bundle))!, "anchors.pem"), authority.CertificatePem).ConfigureAwait(false);

        byte[] boot = new byte[BootLength];
        boot[0] = 1;
        string rootHash = new('a', SHA256.HashSizeInBytes * 2);
        await using FileStream rootFile = File.OpenRead(root);
        await using FileStream deltaFile = File.OpenRead(delta ?? root);
        List<PayloadInput> payloads = [new(BundlePart.Root, rootFile) { RootHash = rootHash }, new(BundlePart.Boot, new MemoryStream(boot))];
        if (delta is not null)
        {
            payloads.Insert(0, new PayloadInput(BundlePart.Root, deltaFile) { RootHash = rootHash, Base = await IdOfAsync(oldRoot!).ConfigureAwait(false), Result = await IdOfAsync(root).ConfigureAwait(false) });
        }

        BundleManifest manifest = new()
        {
            Version = SemanticVersion.Parse("v2.0.0"),
            Build = "bench",
            Architecture = BenchNode.Architecture,
            Boards = [BenchNode.Board],
            Issued = TimeProvider.System.GetUtcNow(),
            Payloads = [],
        };
        await using FileStream output = File.Create(bundle);
        await using FileStream scratch = new(bundle + ".scratch", FileMode.Create, FileAccess.ReadWrite, FileShare.None, bufferSize: 1 << 20, FileOptions.DeleteOnClose);
        await BundleWriter.WriteAsync(output, scratch, manifest, payloads, ReadOnlyMemory<byte>.Empty, [signer], new BundleWriterOptions { Level = Level }, CancellationToken.None).ConfigureAwait(false);
    }

    private static async Task<ContentId> IdOfAsync(string path)
    {
        await using FileStream file = File.OpenRead(path);
        return new ContentId(Convert.ToHexStringLower(await SHA256.HashDataAsync(file).ConfigureAwait(false)), file.Length);
    }
}
