namespace Talos.Disks;

/// <summary>One step of a plan that survives a power cut: write, then flush to the medium, then the next step.</summary>
/// <param name="Offset">Bytes from the start of the disk or partition.</param>
/// <param name="Data">A whole number of sectors.</param>
public sealed record DiskWrite(long Offset, ReadOnlyMemory<byte> Data);
