namespace Talos.Imager.Disk;

/// <summary>A part of the disk.</summary>
/// <param name="Offset">First byte.</param>
/// <param name="Length">In bytes.</param>
internal sealed record DiskExtent(long Offset, long Length)
{
    /// <summary>The byte behind the last.</summary>
    public long End => Offset + Length;

    /// <summary>Whether the two have a byte in common.</summary>
    public bool Touches(long offset, long length) => Offset < offset + length && offset < End;
}
