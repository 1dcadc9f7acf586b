using System.Buffers.Binary;

namespace Talos.Disks.Probing;

/// <summary>xfs: big-endian superblock at 0. Source: XFS algorithms and data structures, "Superblocks".</summary>
internal static class Xfs
{
    internal static ProbeResult? Probe(ReadOnlySpan<byte> head)
    {
        if (head.Length < 512 || !head.StartsWith("XFSB"u8))
        {
            return null;
        }

        uint blockSize = BinaryPrimitives.ReadUInt32BigEndian(head[4..]);
        ulong blocks = BinaryPrimitives.ReadUInt64BigEndian(head[8..]);
        int version = BinaryPrimitives.ReadUInt16BigEndian(head[100..]) & 0xF;
        bool unfinished = head[126] != 0;
        if (!SuperblockText.IsPowerOfTwo(blockSize, 512, 65536) || blocks == 0 || blocks > (ulong)long.MaxValue / blockSize
            || version is not (4 or 5) || unfinished)
        {
            return null;
        }

        return new ProbeResult("xfs")
        {
            Label = SuperblockText.Label(head.Slice(108, 12)),
            Uuid = SuperblockText.Uuid(head[32..]),
            BlockSize = blockSize,
            Size = (long)blocks * blockSize,
        };
    }
}
