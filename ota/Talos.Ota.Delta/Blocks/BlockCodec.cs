using ZstdSharp;

namespace Talos.Ota.Delta.Blocks;

/// <summary>Packs and unpacks one block as mksquashfs does: one zstd frame that states its size and has no checksum.</summary>
/// <remarks>The bytes depend on the version of zstd: this is 1.5.7's encoder, so images are packed with 1.5.7.</remarks>
internal sealed class BlockCodec : IDisposable
{
    private readonly Dictionary<int, Compressor> _compressors = [];
    private Decompressor? _decompressor;

    /// <summary>Unpacks a block.</summary>
    /// <param name="stored">One frame.</param>
    /// <param name="content">Filled completely.</param>
    /// <returns>False when the frame is damaged or holds another number of bytes.</returns>
    public bool TryUnpack(ReadOnlySpan<byte> stored, Span<byte> content)
    {
        try
        {
            _decompressor ??= new Decompressor();
            return _decompressor.TryUnwrap(stored, content, out int written) && written == content.Length;
        }
        catch (ZstdException)
        {
            return false;
        }
    }

    /// <summary>The number of bytes a frame says it holds.</summary>
    /// <exception cref="DeltaException">It says nothing, or more than the limit.</exception>
    public static int ContentLength(ReadOnlySpan<byte> stored, int limit)
    {
        ulong length;
        try
        {
            length = Decompressor.GetDecompressedSize(stored);
        }
        catch (ZstdException e)
        {
            throw new DeltaException("a compressed block is no zstd frame", e);
        }

        return length <= (ulong)limit ? (int)length : throw new DeltaException($"a compressed block holds {length} bytes; at most {limit} are allowed");
    }

    /// <summary>Packs a block.</summary>
    /// <param name="content">What to pack.</param>
    /// <param name="level">1 to 22.</param>
    /// <param name="stored">Takes the frame.</param>
    /// <returns>The length of the frame; 0 when it does not fit.</returns>
    public int Pack(ReadOnlySpan<byte> content, int level, Span<byte> stored)
    {
        if (!_compressors.TryGetValue(level, out Compressor? compressor))
        {
            compressor = new Compressor(level);
            _compressors.Add(level, compressor);
        }

        return compressor.TryWrap(content, stored, out int written) ? written : 0;
    }

    /// <summary>Bytes a packed block never exceeds.</summary>
    public static int Bound(int length) => Compressor.GetCompressBound(length);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Compressor compressor in _compressors.Values)
        {
            compressor.Dispose();
        }

        _decompressor?.Dispose();
    }
}
