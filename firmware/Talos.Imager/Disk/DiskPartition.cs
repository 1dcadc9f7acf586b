namespace Talos.Imager.Disk;

/// <summary>One partition of the image.</summary>
/// <param name="Number">From 1, in disk order.</param>
/// <param name="Label">GPT name; what the node looks it up by.</param>
/// <param name="Type">GPT type.</param>
/// <param name="Id">Unique GUID.</param>
/// <param name="Offset">First byte.</param>
/// <param name="Length">In bytes.</param>
internal sealed record DiskPartition(int Number, string Label, Guid Type, Guid Id, long Offset, long Length)
{
    public const int SectorSize = 512;

    public long FirstSector => Offset / SectorSize;

    public long LastSector => ((Offset + Length) / SectorSize) - 1;
}
