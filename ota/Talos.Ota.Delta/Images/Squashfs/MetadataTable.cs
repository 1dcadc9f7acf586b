using System.Buffers.Binary;
using Talos.Ota.Delta.Blocks;

namespace Talos.Ota.Delta.Images.Squashfs;

/// <summary>A table of a squashfs, its metadata blocks unpacked into one run.</summary>
internal sealed class MetadataTable
{
    private const int BlockContent = 8192;
    private const int Plain = 0x8000;

    private readonly Dictionary<long, int> _starts = [];

    private MetadataTable(byte[] content) => Content = content;

    /// <summary>All bytes of the table.</summary>
    public byte[] Content { get; private set; }

    /// <summary>Reads the metadata blocks between two offsets of the image.</summary>
    /// <param name="image">The image.</param>
    /// <param name="start">Of the first block's header.</param>
    /// <param name="end">Behind the last block.</param>
    /// <param name="codec">Unpacks.</param>
    /// <param name="blocks">Gets the compressed ones.</param>
    public static MetadataTable Read(IBaseImage image, long start, long end, BlockCodec codec, List<ImageBlock> blocks)
    {
        MetadataTable table = new([]);
        using MemoryStream content = new();
        byte[] stored = new byte[Plain];
        byte[] unpacked = new byte[BlockContent];
        Span<byte> header = stackalloc byte[2];
        for (long at = start; at < end;)
        {
            image.ReadAt(at, header);
            int field = BinaryPrimitives.ReadUInt16LittleEndian(header);
            int length = field & (Plain - 1);
            if (length == 0 || length > BlockContent || at + 2 + length > end)
            {
                throw new DeltaException($"squashfs: metadata block at {at}: length {length} does not fit before {end}");
            }

            table._starts.Add(at - start, (int)content.Length);
            Span<byte> bytes = stored.AsSpan(0, length);
            image.ReadAt(at + 2, bytes);
            if ((field & Plain) == 0)
            {
                int size = BlockCodec.ContentLength(bytes, BlockContent);
                if (!codec.TryUnpack(bytes, unpacked.AsSpan(0, size)))
                {
                    throw new DeltaException($"squashfs: metadata block at {at}: damaged");
                }

                blocks.Add(new ImageBlock(at + 2, length, size));
                bytes = unpacked.AsSpan(0, size);
            }

            content.Write(bytes);
            at += 2 + length;
        }

        table.Content = content.ToArray();
        return table;
    }

    /// <summary>Index in <see cref="Content"/> of a place given as block offset and offset in the block.</summary>
    public int IndexOf(long block, int offset) =>
        _starts.TryGetValue(block, out int start) && start + offset <= Content.Length
            ? start + offset
            : throw new DeltaException($"squashfs: no metadata at block {block}, offset {offset}");
}
