namespace Talos.Ota.Delta.Images;

/// <summary>A run of content.</summary>
/// <param name="Position">Of the first byte in the content of the image.</param>
/// <param name="Length">In bytes.</param>
internal readonly record struct Extent(long Position, int Length);

/// <summary>A file inside an image: bytes that belong together, wherever the image keeps them.</summary>
/// <param name="Path">Its name; names that begin with <c>//</c> are parts of the image that are no files.</param>
/// <param name="Extents">Its bytes in order; holes are left out.</param>
internal sealed record ContentFile(string Path, IReadOnlyList<Extent> Extents)
{
    /// <summary>Bytes in all extents.</summary>
    public long Length => Extents.Sum(e => (long)e.Length);
}
