namespace Talos.Ota.Delta;

/// <summary>An image that is read at any place: the base of a delta, or an image a delta is made of.</summary>
public interface IBaseImage
{
    /// <summary>Length in bytes.</summary>
    long Length { get; }

    /// <summary>Fills the buffer with the bytes at an offset.</summary>
    /// <param name="offset">Of the first byte; the whole buffer lies within <see cref="Length"/>.</param>
    /// <param name="buffer">Filled completely.</param>
    void ReadAt(long offset, Span<byte> buffer);
}
