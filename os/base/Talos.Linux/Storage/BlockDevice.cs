using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Talos.Linux;

/// <summary>An open block device.</summary>
/// <remarks>Source: linux/fs.h, linux/blkpg.h.</remarks>
public sealed unsafe class BlockDevice : IDisposable
{
    internal const nuint GetSize64 = 0x8008_1272, GetSectorSize = 0x1268, FlushBuffers = 0x1261, Partition = 0x1269, ZeroOut = 0x127F;
    internal const int AddPartitionOperation = 1, DeletePartitionOperation = 2, ResizePartitionOperation = 3;

    private readonly SafeFileHandle _device;

    private BlockDevice(SafeFileHandle device, string path)
    {
        _device = device;
        Path = path;
    }

    /// <summary>Device node.</summary>
    public string Path { get; }

    /// <summary>For reading and writing at offsets with <see cref="RandomAccess"/>; owned by this object.</summary>
    public SafeFileHandle Handle => _device;

    /// <summary>Opens a device.</summary>
    /// <param name="path">Device node.</param>
    /// <param name="writable">For writing too.</param>
    /// <param name="exclusive">Fails with <see cref="Errno.EBUSY"/> when the device is mounted or held otherwise.</param>
    public static BlockDevice Open(string path, bool writable = false, bool exclusive = false) =>
        new(Descriptors.Open(path, (writable ? OpenFlags.ReadWrite : OpenFlags.ReadOnly) | (exclusive ? OpenFlags.Exclusive : 0)), path);

    /// <summary>Size in bytes.</summary>
    public long Size()
    {
        ulong size = 0;
        Descriptors.Ioctl(_device, GetSize64, &size, "BLKGETSIZE64", Path);
        return (long)size;
    }

    /// <summary>Bytes a logical sector: the unit of the partition table.</summary>
    public int SectorSize()
    {
        int size = 0;
        Descriptors.Ioctl(_device, GetSectorSize, &size, "BLKSSZGET", Path);
        return size;
    }

    /// <summary>Writes what was written to the device to its medium.</summary>
    public void Sync() => RandomAccess.FlushToDisk(_device);

    /// <summary>Zeroes a range; the device does it by itself where it can.</summary>
    /// <param name="offset">Bytes; a multiple of the sector size.</param>
    /// <param name="length">Bytes; a multiple of the sector size.</param>
    public void Zero(long offset, long length)
    {
        ulong* range = stackalloc ulong[2] { (ulong)offset, (ulong)length };
        Descriptors.Ioctl(_device, ZeroOut, range, "BLKZEROOUT", $"{Path} {offset}+{length}");
    }

    /// <summary>Tells the kernel of a new partition of this disk; other partitions may be in use.</summary>
    /// <param name="number">From 1.</param>
    /// <param name="offset">Bytes from the start of the disk.</param>
    /// <param name="length">Bytes.</param>
    /// <exception cref="LinuxException"><see cref="Errno.EBUSY"/>: the number exists or the range overlaps another.</exception>
    public void AddPartition(int number, long offset, long length) => ChangePartition(AddPartitionOperation, "BLKPG_ADD_PARTITION", number, offset, length);

    /// <summary>Tells the kernel of a partition's new length; it may be mounted.</summary>
    public void ResizePartition(int number, long offset, long length) => ChangePartition(ResizePartitionOperation, "BLKPG_RESIZE_PARTITION", number, offset, length);

    /// <summary>Makes the kernel forget a partition.</summary>
    /// <exception cref="LinuxException"><see cref="Errno.EBUSY"/>: in use.</exception>
    public void DeletePartition(int number) => ChangePartition(DeletePartitionOperation, "BLKPG_DEL_PARTITION", number, 0, 0);

    /// <inheritdoc/>
    public void Dispose() => _device.Dispose();

    private void ChangePartition(int operation, string call, int number, long offset, long length)
    {
        BlkpgPartition partition = new() { Start = offset, Length = length, Number = number };
        BlkpgArgument argument = new() { Operation = operation, DataLength = sizeof(BlkpgPartition), Data = &partition };
        Descriptors.Ioctl(_device, Partition, &argument, call, $"{Path} partition {number} at {offset}, {length} bytes");
    }

    /// <summary><c>struct blkpg_ioctl_arg</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct BlkpgArgument
    {
        public int Operation;
        public int Flags;
        public int DataLength;
        public void* Data;
    }

    /// <summary><c>struct blkpg_partition</c>; its two names are ignored by the kernel.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 152)]
    internal struct BlkpgPartition
    {
        [FieldOffset(0)] public long Start;
        [FieldOffset(8)] public long Length;
        [FieldOffset(16)] public int Number;
    }
}
