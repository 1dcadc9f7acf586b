namespace Talos.Ota.Bundle.Tests;

/// <summary>Small bundles to read and to spoil.</summary>
internal static class Sample
{
    public const int ChunkSize = BundleLimits.MinimumChunkSize;

    /// <summary>Two full chunks that pack well, one that does not, one short.</summary>
    public static byte[] Root { get; } = MakeRoot();

    public static byte[] Boot { get; } = [.. Enumerable.Range(0, 3000).Select(i => (byte)(i / 7))];

    public static BundleManifest Manifest { get; } = new()
    {
        Version = SemanticVersion.Parse("v1.2.0"),
        Build = "4f2a9c1",
        Architecture = "arm64",
        Boards = ["board-a", "board-b"],
        MinimumVersion = SemanticVersion.Parse("v1.0.0"),
        Floor = SemanticVersion.Parse("v1.1.0"),
        Issued = TestKeys.Now,
        Expires = TestKeys.Now.AddDays(90),
        Notes = "Kernel 6.12.50.",
        Payloads = [],
    };

    public static NodeFacts Node { get; } = new()
    {
        Board = "board-b",
        Architecture = "arm64",
        RunningVersion = SemanticVersion.Parse("v1.1.5"),
        Time = TestKeys.Time,
    };

    public static byte[] Bundle { get; } = Write(TestKeys.Own.Signer);

    public static byte[] Write(params BundleSigner[] signers) => Write(Manifest, ReadOnlyMemory<byte>.Empty, signers);

    public static byte[] Write(BundleManifest manifest, ReadOnlyMemory<byte> keySet, params BundleSigner[] signers)
    {
        using MemoryStream output = new(), scratch = new(), root = new(Root), boot = new(Boot);
        PayloadInput[] payloads = [new(BundlePart.Root, root) { RootHash = new string('a', 64) }, new(BundlePart.Boot, boot)];
        BundleWriter.WriteAsync(output, scratch, manifest, payloads, keySet, signers, new BundleWriterOptions { ChunkSize = ChunkSize, Level = 3 }, CancellationToken.None)
            .GetAwaiter().GetResult();
        return output.ToArray();
    }

    public static Task<BundleReader> OpenAsync(byte[] bundle, TrustStore? trust = null, VerificationTime? time = null) =>
        BundleReader.OpenAsync(new StreamBundleSource(new MemoryStream(bundle)), trust ?? TestKeys.Own.Trust, time ?? TestKeys.Time, CancellationToken.None);

    /// <summary>All content, hashes of chunks and wholes checked.</summary>
    public static async Task<Dictionary<BundlePart, byte[]>> ReadAllAsync(BundleReader reader)
    {
        Dictionary<BundlePart, byte[]> parts = [];
        foreach (BundlePayload payload in reader.Payloads)
        {
            byte[] content = new byte[payload.Info.Content.Size];
            for (int chunk = 0, at = 0; chunk < payload.ChunkCount; chunk++)
            {
                int length = await reader.ReadChunkAsync(payload, chunk, content.AsMemory(at), CancellationToken.None);
                Assert.True(payload.Fits(chunk, content.AsSpan(at, length)));
                at += length;
            }

            parts[payload.Info.Part] = content;
        }

        return parts;
    }

    private static byte[] MakeRoot()
    {
        byte[] root = new byte[(3 * ChunkSize) + 4321];
        root.AsSpan(0, ChunkSize).Fill(7);
        new Random(1).NextBytes(root.AsSpan(2 * ChunkSize, ChunkSize));
        return root;
    }
}
