using System.Security.Cryptography;
using Talos.Ota.Bundle;
using Talos.Ota.Delta;
using Talos.Pki;

namespace Talos.Ota.Engine.Tests;

/// <summary>A small version of the system: its boot payload begins with the hash of its root, as a UKI's command line names it.</summary>
internal sealed class Release
{
    public const int ChunkSize = 64 * 1024;
    public const int RootSize = (3 * ChunkSize) + 4096;
    public const int BootSize = ChunkSize + 777;
    /// <summary>Bytes in which two versions differ, in blocks of 4096.</summary>
    public const int Different = ChunkSize + (3 * 4096);

    public const string Board = "bench";

    public static readonly DateTimeOffset Now = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);

    private static readonly CertificateAuthority Authority = CertificateAuthority.Create(AuthorityOptions.Updates with { Algorithm = KeyAlgorithm.EcdsaP256 }, new FixedClock());

    private static readonly BundleSigner Signer = NewSigner();

    private Release(string version, int seed, string? floor)
    {
        Version = version;
        Root = new byte[RootSize];
        new Random(seed).NextBytes(Root);
        new Random(0).NextBytes(Root.AsSpan(2 * ChunkSize, ChunkSize - 4096));
        // What does not change between versions must not be fetched or written again.
        Root.AsSpan(ChunkSize, ChunkSize).Fill(7);
        Boot = new byte[BootSize];
        new Random(-1).NextBytes(Boot);
        new Random(~seed).NextBytes(Boot.AsSpan(0, 4096));
        SHA256.HashData(Root).CopyTo(Boot, 0);
        Bundle = Write(version, Full(Root, Boot), floor);
    }

    public static Release V1 { get; } = new("v1.0.0", 1, null);

    public static Release V2 { get; } = new("v2.0.0", 2, "v1.0.0");

    public static Release V3 { get; } = new("v3.0.0", 3, "v2.0.0");

    /// <summary>Nothing older runs once it is committed.</summary>
    public static Release V4 { get; } = new("v4.0.0", 4, "v4.0.0");

    public static IReadOnlyList<Release> All { get; } = [V1, V2, V3, V4];

    public static TrustStore Trust { get; } = TrustStore.FromPem(Authority.CertificatePem);

    /// <summary>A key set that revokes who signed all releases, by the serial number or by the key.</summary>
    public static byte[] Revocation(bool byKey) => KeySet.Create(
        7, Now, Authority.CertificatePem, byKey ? [] : [Signer.Chain[0].Serial], byKey ? [Signer.Chain[0].KeyId] : [], [NewSigner()]);

    /// <summary>A key set whose anchor is another one.</summary>
    public static byte[] OtherAnchor() => KeySet.Create(
        8, Now, CertificateAuthority.Create(AuthorityOptions.Updates with { Algorithm = KeyAlgorithm.EcdsaP256 }, new FixedClock()).CertificatePem, [], [], [NewSigner()]);

    public string Version { get; }

    public byte[] Root { get; }

    public byte[] Boot { get; }

    public byte[] Bundle { get; }

    /// <summary>A bundle with deltas from another version in front of the full payloads, or with the deltas alone.</summary>
    /// <param name="from">The base.</param>
    /// <param name="full">With the full payloads.</param>
    /// <param name="spoil">Makes the delta of the root one that does not give the root.</param>
    public byte[] BundleFrom(Release from, bool full, bool spoil = false)
    {
        List<PayloadInput> payloads = [Delta(BundlePart.Root, from.Root, Root, spoil), Delta(BundlePart.Boot, from.Boot, Boot, spoil: false)];
        if (full)
        {
            payloads.AddRange(Full(Root, Boot));
        }

        return Write(Version, payloads, null);
    }

    public StreamBundleSource Source() => new(new MemoryStream(Bundle));

    private static BundleSigner NewSigner()
    {
        CertificateAndKey pair = Authority.IssueCodeSigner("release", KeyAlgorithm.EcdsaP256, TimeSpan.FromDays(365));
        return new BundleSigner(pair.CertificatePem, PrivateKey.FromPem(pair.KeyPem.Reveal()));
    }

    private static PayloadInput Delta(BundlePart part, byte[] from, byte[] to, bool spoil)
    {
        MemoryStream delta = new();
        DeltaCreator.Create(new MemoryImage(from), new MemoryImage(to), delta, workers: 1, progress: null, CancellationToken.None);
        byte[] bytes = delta.ToArray();
        if (spoil)
        {
            bytes[^20] ^= 1;
        }

        return new PayloadInput(part, new MemoryStream(bytes)) { RootHash = part is BundlePart.Root ? new string('a', 64) : null, Base = IdOf(from), Result = IdOf(to) };
    }

    private static ContentId IdOf(byte[] content) => new(Convert.ToHexStringLower(SHA256.HashData(content)), content.Length);

    private static PayloadInput[] Full(byte[] root, byte[] boot) =>
        [new(BundlePart.Root, new MemoryStream(root)) { RootHash = new string('a', 64) }, new(BundlePart.Boot, new MemoryStream(boot))];

    private static byte[] Write(string version, IReadOnlyList<PayloadInput> payloads, string? floor)
    {
        BundleManifest manifest = new()
        {
            Version = SemanticVersion.Parse(version),
            Build = version + "-build",
            Architecture = "arm64",
            Boards = [Board],
            Floor = floor is null ? null : SemanticVersion.Parse(floor),
            Issued = Now,
            Payloads = [],
        };
        using MemoryStream output = new(), scratch = new();
        BundleWriter.WriteAsync(output, scratch, manifest, payloads, ReadOnlyMemory<byte>.Empty, [Signer], new BundleWriterOptions { ChunkSize = ChunkSize, Level = 1 }, CancellationToken.None)
            .GetAwaiter().GetResult();
        return output.ToArray();
    }

    private sealed class MemoryImage(byte[] bytes) : IBaseImage
    {
        public long Length => bytes.Length;

        public void ReadAt(long offset, Span<byte> buffer) => bytes.AsSpan((int)offset, buffer.Length).CopyTo(buffer);
    }

    private sealed class FixedClock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => Now;
    }
}
