using System.Buffers.Binary;

namespace Talos.Ota.Delta.Images.Squashfs;

/// <summary>An inode as far as it matters here: a directory's listing or a file's blocks; both null for the rest.</summary>
/// <param name="Directory">Where the listing is.</param>
/// <param name="File">Where the bytes are.</param>
internal sealed record SquashfsInode(SquashfsListing? Directory, SquashfsContent? File)
{
    private const int Header = 16;
    private const uint NoFragment = 0xFFFF_FFFF;

    /// <summary>Reads the inode that begins at <paramref name="bytes"/>.</summary>
    /// <param name="bytes">The inode and what follows it.</param>
    /// <param name="blockSize">Of the file system.</param>
    /// <param name="length">Bytes the inode takes.</param>
    public static SquashfsInode Parse(ReadOnlySpan<byte> bytes, int blockSize, out int length)
    {
        try
        {
            ushort type = BinaryPrimitives.ReadUInt16LittleEndian(bytes);
            ReadOnlySpan<byte> body = bytes[Header..];
            SquashfsInode inode = new(null, null);
            switch (type)
            {
                case 1:
                    length = Header + 16;
                    return inode with { Directory = new(U32(body, 0), U16(body, 10), U16(body, 8)) };
                case 8:
                    length = Header + 24 + IndexLength(body[24..], U16(body, 16));
                    return inode with { Directory = new(U32(body, 8), U16(body, 18), U32(body, 4)) };
                case 2:
                    return inode with { File = Content(body, U32(body, 0), U32(body, 12), U32(body, 4), U32(body, 8), 16, blockSize, out length) };
                case 9:
                    return inode with { File = Content(body, I64(body, 0), I64(body, 8), U32(body, 28), U32(body, 32), 40, blockSize, out length) };
                case 3 or 10:
                    length = Header + 8 + checked((int)U32(body, 4)) + (type == 10 ? 4 : 0);
                    return inode;
                case 4 or 5:
                    length = Header + 8;
                    return inode;
                case 11 or 12:
                    length = Header + 12;
                    return inode;
                case 6 or 7:
                    length = Header + 4;
                    return inode;
                case 13 or 14:
                    length = Header + 8;
                    return inode;
                default:
                    throw new DeltaException($"squashfs: an inode has type {type}, which is none");
            }
        }
        catch (Exception e) when (e is ArgumentOutOfRangeException or OverflowException)
        {
            throw new DeltaException("squashfs: an inode reaches over the end of its table", e);
        }
    }

    private static SquashfsContent Content(
        ReadOnlySpan<byte> body, long start, long size, uint fragment, uint offset, int fixedLength, int blockSize, out int length)
    {
        bool tail = fragment != NoFragment;
        long blocks = tail ? size / blockSize : (size + blockSize - 1) / blockSize;
        uint[] sizes = new uint[blocks <= body.Length / 4 ? blocks : throw new ArgumentOutOfRangeException(nameof(body))];
        for (int i = 0; i < sizes.Length; i++)
        {
            sizes[i] = U32(body, fixedLength + (4 * i));
        }

        length = Header + fixedLength + (4 * sizes.Length);
        return new SquashfsContent(start, size, sizes, tail ? checked((int)fragment) : -1, checked((int)offset));
    }

    private static int IndexLength(ReadOnlySpan<byte> index, int entries)
    {
        int length = 0;
        for (int i = 0; i < entries; i++)
        {
            length = checked(length + 12 + (int)U32(index, length + 8) + 1);
        }

        return length;
    }

    private static ushort U16(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt16LittleEndian(bytes[at..]);

    private static uint U32(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt32LittleEndian(bytes[at..]);

    private static long I64(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadInt64LittleEndian(bytes[at..]);
}
