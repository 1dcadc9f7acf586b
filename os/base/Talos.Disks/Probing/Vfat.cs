using System.Buffers.Binary;

namespace Talos.Disks.Probing;

/// <summary>FAT12, FAT16, FAT32: boot sector at 0. Source: Microsoft, FAT32 file system specification 1.03.</summary>
internal static class Vfat
{
    internal static ProbeResult? Probe(ReadOnlySpan<byte> head)
    {
        if (head.Length < 512 || head[510] != 0x55 || head[511] != 0xAA)
        {
            return null;
        }

        bool is32 = head.Slice(82, 8).SequenceEqual("FAT32   "u8);
        bool is16 = head.Slice(54, 3).SequenceEqual("FAT"u8);
        int sectorSize = BinaryPrimitives.ReadUInt16LittleEndian(head[11..]);
        int clusterSectors = head[13];
        int reserved = BinaryPrimitives.ReadUInt16LittleEndian(head[14..]);
        if ((!is32 && !is16) || head[16] is 0 or > 4 || reserved == 0
            || !SuperblockText.IsPowerOfTwo(sectorSize, 512, 4096) || !SuperblockText.IsPowerOfTwo(clusterSectors, 1, 128))
        {
            return null;
        }

        long sectors = BinaryPrimitives.ReadUInt16LittleEndian(head[19..]);
        if (sectors == 0)
        {
            sectors = BinaryPrimitives.ReadUInt32LittleEndian(head[32..]);
        }

        int serial = is32 ? 67 : 39;
        uint id = BinaryPrimitives.ReadUInt32LittleEndian(head[serial..]);
        string label = SuperblockText.Label(head.Slice(serial + 4, 11));
        return sectors == 0 ? null : new ProbeResult("vfat")
        {
            Label = label == "NO NAME" ? "" : label,
            Uuid = $"{id >> 16:X4}-{id & 0xFFFF:X4}",
            BlockSize = (long)sectorSize * clusterSectors,
            Size = sectors * sectorSize,
        };
    }
}
