using System.Buffers.Binary;

namespace Talos.Disks.Probing;

/// <summary>ext2, ext3, ext4: superblock at 1024. Source: Linux, Documentation/filesystems/ext4/super.rst.</summary>
internal static class Ext
{
    private const int Offset = 1024;
    private const uint HasJournal = 0x4, NeedsRecovery = 0x4, Extents = 0x40, Is64Bit = 0x80;
    private const ushort CleanlyUnmounted = 1, ErrorsFound = 2;

    internal static ProbeResult? Probe(ReadOnlySpan<byte> head)
    {
        if (head.Length < Offset + 1024)
        {
            return null;
        }

        ReadOnlySpan<byte> super = head[Offset..(Offset + 1024)];
        uint Number(ReadOnlySpan<byte> s, int offset) => BinaryPrimitives.ReadUInt32LittleEndian(s[offset..]);
        uint logBlockSize = Number(super, 24);
        if (BinaryPrimitives.ReadUInt16LittleEndian(super[56..]) != 0xEF53 || logBlockSize > 6
            || Number(super, 0) == 0 || Number(super, 32) == 0 || Number(super, 40) == 0)
        {
            return null;
        }

        long blockSize = 1024L << (int)logBlockSize;
        uint compatible = Number(super, 92), incompatible = Number(super, 96);
        ulong blocks = Number(super, 4) | ((incompatible & Is64Bit) != 0 ? (ulong)Number(super, 336) << 32 : 0);
        if (blocks == 0 || blocks > (ulong)(long.MaxValue / blockSize))
        {
            return null;
        }

        ushort state = BinaryPrimitives.ReadUInt16LittleEndian(super[58..]);
        return new ProbeResult((incompatible & Extents) != 0 ? "ext4" : (compatible & HasJournal) != 0 ? "ext3" : "ext2")
        {
            Label = SuperblockText.Label(super.Slice(120, 16)),
            Uuid = SuperblockText.Uuid(super[104..]),
            BlockSize = blockSize,
            Size = (long)blocks * blockSize,
            NeedsRecovery = (incompatible & NeedsRecovery) != 0 || (state & CleanlyUnmounted) == 0 || (state & ErrorsFound) != 0,
        };
    }
}
