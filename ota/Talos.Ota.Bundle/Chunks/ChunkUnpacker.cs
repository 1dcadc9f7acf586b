using ZstdSharp;

namespace Talos.Ota.Bundle;

/// <summary>Unpacks chunks, one at a time, with one set of buffers.</summary>
internal sealed class ChunkUnpacker : IDisposable
{
    private readonly Decompressor _zstd = new();

    /// <summary>Unpacks one zstd frame that has to fill <paramref name="content"/>.</summary>
    /// <exception cref="BundleException">It does not; <paramref name="what"/> names it.</exception>
    public void Unpack(ReadOnlySpan<byte> stored, Span<byte> content, string what)
    {
        try
        {
            if (!_zstd.TryUnwrap(stored, content, out int written) || written != content.Length)
            {
                throw BundleException.Malformed($"{what}: it does not unpack to {content.Length} bytes");
            }
        }
        catch (ZstdException e)
        {
            throw new BundleException(BundleProblem.Malformed, $"bundle: {what}", e);
        }
    }

    public void Dispose() => _zstd.Dispose();
}
