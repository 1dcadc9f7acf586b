using System.Security.Cryptography;
using Talos.Ota.Bundle;
using Talos.Pki;

namespace Talos.Ota.Engine.Tests;

/// <summary>A small version of the system: its boot payload begins with the hash of its root, as a UKI's command line names it.</summary>
internal sealed class Release
{
    public const int ChunkSize = 64 * 1024;
    public const int RootSize = (3 * ChunkSize) + 4096;
    public const int BootSize = ChunkSize + 777;
    public const string Board = "bench";

    public static readonly DateTimeOffset Now = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);

    private static readonly CertificateAuthority Authority = CertificateAuthority.Create(AuthorityOptions.Updates with { Algorithm = KeyAlgorithm.EcdsaP256 }, new FixedClock());

    private static readonly BundleSigner Signer = NewSigner();

    private Release(string version, int seed, string? floor)
    {
        Version = version;
        Root = new byte[RootSize];
        new Random(seed).NextBytes(Root);
        // What does not change between versions must not be fetched or written again.
        Root.AsSpan(ChunkSize, ChunkSize).Fill(7);
        Boot = new byte[BootSize];
        new Random(~seed).NextBytes(Boot);
        SHA256.HashData(Root).CopyTo(Boot, 0);
        Bundle = Write(version, Root, Boot, floor);
    }

    public static Release V1 { get; } = new("v1.0.0", 1, null);

    public static Release V2 { get; } = new("v2.0.0", 2, "v1.0.0");

    public static Release V3 { get; } = new("v3.0.0", 3, "v2.0.0");

    public static IReadOnlyList<Release> All { get; } = [V1, V2, V3];

    public static TrustStore Trust { get; } = TrustStore.FromPem(Authority.CertificatePem);

    public string Version { get; }

    public byte[] Root { get; }

    public byte[] Boot { get; }

    public byte[] Bundle { get; }

    public StreamBundleSource Source() => new(new MemoryStream(Bundle));

    private static BundleSigner NewSigner()
    {
        CertificateAndKey pair = Authority.IssueCodeSigner("release", KeyAlgorithm.EcdsaP256, TimeSpan.FromDays(365));
        return new BundleSigner(pair.CertificatePem, PrivateKey.FromPem(pair.KeyPem.Reveal()));
    }

    private static byte[] Write(string version, byte[] root, byte[] boot, string? floor)
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
        using MemoryStream output = new(), scratch = new(), rootStream = new(root), bootStream = new(boot);
        PayloadInput[] payloads = [new(BundlePart.Root, rootStream) { RootHash = new string('a', 64) }, new(BundlePart.Boot, bootStream)];
        BundleWriter.WriteAsync(output, scratch, manifest, payloads, ReadOnlyMemory<byte>.Empty, [Signer], new BundleWriterOptions { ChunkSize = ChunkSize, Level = 1 }, CancellationToken.None)
            .GetAwaiter().GetResult();
        return output.ToArray();
    }

    private sealed class FixedClock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => Now;
    }
}
