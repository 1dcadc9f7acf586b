using System.Buffers.Binary;

namespace Talos.Disks.Probing;

/// <summary>squashfs 4.0: superblock at 0. Source: Linux, fs/squashfs/squashfs_fs.h.</summary>
internal static class Squashfs
{
    internal static ProbeResult? Probe(ReadOnlySpan<byte> head)
    {
        if (head.Length < 96 || !head.StartsWith("hsqs"u8) || BinaryPrimitives.ReadUInt16LittleEndian(head[28..]) != 4)
        {
            return null;
        }

        uint blockSize = BinaryPrimitives.ReadUInt32LittleEndian(head[12..]);
        long size = BinaryPrimitives.ReadInt64LittleEndian(head[40..]);
        return SuperblockText.IsPowerOfTwo(blockSize, 4096, 1024 * 1024) && size >= 96
            ? new ProbeResult("squashfs") { BlockSize = blockSize, Size = size }
            : null;
    }
}
