namespace Talos.Ota.Bundle;

/// <summary>How a bundle is written.</summary>
public sealed record BundleWriterOptions
{
    /// <summary>Unpacked bytes of a chunk: a power of two from 64 KiB to 4 MiB.</summary>
    public int ChunkSize { get; init; } = 256 * 1024;

    /// <summary>Level of zstd, 1 to 22.</summary>
    public int Level { get; init; } = 19;

    /// <summary>Gets the bytes of payload done so far.</summary>
    public IProgress<long>? Progress { get; init; }
}
