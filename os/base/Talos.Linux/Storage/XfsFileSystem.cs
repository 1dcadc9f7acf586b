using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Talos.Linux;

/// <summary>A mounted xfs. Source: xfs/xfs_fs.h.</summary>
public static unsafe class XfsFileSystem
{
    internal const nuint Geometry = 0x8100_587E, GrowData = 0x4010_586E;

    /// <summary>Grows a mounted file system to the size of its device.</summary>
    /// <param name="mountPoint">Where it is mounted.</param>
    /// <param name="deviceSize">Bytes.</param>
    /// <returns>False when it has that size already.</returns>
    public static bool Grow(string mountPoint, long deviceSize)
    {
        using SafeFileHandle root = Descriptors.Open(mountPoint, OpenFlags.ReadOnly);
        FsopGeometry geometry = default;
        Descriptors.Ioctl(root, Geometry, &geometry, "XFS_IOC_FSGEOMETRY", mountPoint);

        ulong blocks = (ulong)deviceSize / geometry.BlockSize;
        if (blocks <= geometry.DataBlocks)
        {
            return false;
        }

        GrowDataRequest request = new() { NewBlocks = blocks, MaxInodePercent = geometry.MaxInodePercent };
        Descriptors.Ioctl(root, GrowData, &request, "XFS_IOC_FSGROWFSDATA", $"{mountPoint} to {blocks} blocks");
        return true;
    }

    /// <summary><c>struct xfs_fsop_geom</c>.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    internal struct FsopGeometry
    {
        [FieldOffset(0)] public uint BlockSize;
        [FieldOffset(28)] public uint MaxInodePercent;
        [FieldOffset(32)] public ulong DataBlocks;
    }

    /// <summary><c>struct xfs_growfs_data</c>.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 16)]
    internal struct GrowDataRequest
    {
        [FieldOffset(0)] public ulong NewBlocks;
        [FieldOffset(8)] public uint MaxInodePercent;
    }
}
