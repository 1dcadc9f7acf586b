using System.Buffers.Binary;

namespace Talos.Ota.Delta.Images.Squashfs;

/// <summary>The fields of a squashfs superblock that lead to its files.</summary>
/// <remarks>Source: Linux, fs/squashfs/squashfs_fs.h, struct squashfs_super_block.</remarks>
internal sealed record SquashfsSuperblock(
    int BlockSize,
    int Fragments,
    int Flags,
    long RootInode,
    long BytesUsed,
    long InodeTable,
    long DirectoryTable,
    long FragmentTable)
{
    /// <summary>Bytes of the superblock.</summary>
    public const int Size = 96;

    /// <summary>Flag: the compressor's options follow the superblock.</summary>
    public const int CompressorOptions = 0x0400;

    private const uint Magic = 0x73717368;
    private const ushort Zstd = 6;
    private const int LargestBlock = 1 << 20;

    /// <summary>Reads the superblock; null when these bytes are none of a squashfs with zstd.</summary>
    /// <exception cref="DeltaException">It is one, and its fields contradict each other.</exception>
    public static SquashfsSuperblock? Parse(ReadOnlySpan<byte> bytes, long imageLength)
    {
        if (bytes.Length < Size || BinaryPrimitives.ReadUInt32LittleEndian(bytes) != Magic || BinaryPrimitives.ReadUInt16LittleEndian(bytes[20..]) != Zstd)
        {
            return null;
        }

        SquashfsSuperblock read = new(
            BinaryPrimitives.ReadInt32LittleEndian(bytes[12..]),
            BinaryPrimitives.ReadInt32LittleEndian(bytes[16..]),
            BinaryPrimitives.ReadUInt16LittleEndian(bytes[24..]),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[32..]),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[40..]),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[64..]),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[72..]),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[80..]));
        bool sound = read.BlockSize is >= 4096 and <= LargestBlock
            && read.Fragments >= 0
            && read.BytesUsed >= Size && read.BytesUsed <= imageLength
            && read.InodeTable >= Size && read.InodeTable < read.DirectoryTable && read.DirectoryTable <= read.BytesUsed
            && (read.Fragments == 0 || (read.FragmentTable > read.DirectoryTable && read.FragmentTable < read.BytesUsed));
        return sound ? read : throw new DeltaException($"squashfs: the superblock's tables do not lie in order within {read.BytesUsed} of {imageLength} bytes");
    }
}
