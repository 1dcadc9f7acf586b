using System.Buffers.Binary;
using System.Text;
using Talos.Ota.Delta.Blocks;

namespace Talos.Ota.Delta.Images.Squashfs;

/// <summary>Finds the compressed blocks and the files of a squashfs 4.0 with zstd.</summary>
/// <remarks>Source: Linux, Documentation/filesystems/squashfs.rst and fs/squashfs.</remarks>
internal sealed class SquashfsReader
{
    private const uint PlainBlock = 1 << 24;
    private const int DirectoryHeader = 12;
    private const int MaximumDepth = 256;
    private const int DefaultLevel = 15;

    private readonly IBaseImage _image;
    private readonly SquashfsSuperblock _super;
    private readonly BlockCodec _codec;
    private readonly List<ImageBlock> _blocks = [];
    private readonly Dictionary<int, SquashfsInode> _inodes = [];
    private readonly Dictionary<SquashfsContent, string> _paths = [];

    private readonly IReadOnlySet<long> _closed;

    private SquashfsReader(IBaseImage image, SquashfsSuperblock super, BlockCodec codec, IReadOnlySet<long> closed) =>
        (_image, _super, _codec, _closed) = (image, super, codec, closed);

    /// <summary>Reads the image; null when it is not a squashfs with zstd.</summary>
    /// <param name="image">The image.</param>
    /// <param name="codec">Unpacks.</param>
    /// <param name="closed">Offsets of compressed blocks that are to be taken as they are stored.</param>
    /// <exception cref="DeltaException">It is one, and damaged.</exception>
    public static ImageContent? Read(IBaseImage image, BlockCodec codec, IReadOnlySet<long> closed)
    {
        byte[] bytes = new byte[Math.Min(SquashfsSuperblock.Size, image.Length)];
        image.ReadAt(0, bytes);
        return SquashfsSuperblock.Parse(bytes, image.Length) is { } super ? new SquashfsReader(image, super, codec, closed).Read() : null;
    }

    private ImageContent Read()
    {
        MetadataTable inodes = MetadataTable.Read(_image, _super.InodeTable, _super.DirectoryTable, _codec, _blocks);
        for (int at = 0; at < inodes.Content.Length;)
        {
            SquashfsInode inode = SquashfsInode.Parse(inodes.Content.AsSpan(at), _super.BlockSize, out int length);
            _inodes.Add(at, inode);
            at += length;
        }

        long[] pointers = FragmentPointers();
        long directoriesEnd = pointers.Length > 0 ? pointers[0] : TableAfterDirectories();
        MetadataTable directories = MetadataTable.Read(_image, _super.DirectoryTable, directoriesEnd, _codec, _blocks);
        Walk(inodes, directories, inodes.IndexOf(_super.RootInode >> 16, (int)(_super.RootInode & 0xFFFF)), "", 0);

        (long Offset, uint Size)[] fragments = Fragments(pointers);
        foreach ((long offset, uint size) in fragments)
        {
            AddBlock(offset, size, contentLength: 0);
        }

        foreach (SquashfsContent file in _paths.Keys)
        {
            AddFile(file);
        }

        ContentMap map = new(_image.Length, [.. _blocks.Where(b => !_closed.Contains(b.Offset)).DistinctBy(b => b.Offset).OrderBy(b => b.Offset)]);
        return new ImageContent(map, [.. _paths.OrderBy(p => p.Key.Start).ThenBy(p => p.Value, StringComparer.Ordinal)
            .Select(p => new ContentFile(p.Value, [.. Extents(map, p.Key, fragments)]))], _super.BytesUsed, Level());
    }

    // mksquashfs keeps the level in a metadata block of its own, and leaves it out when it is the default.
    private int Level()
    {
        Span<byte> options = stackalloc byte[6];
        if ((_super.Flags & SquashfsSuperblock.CompressorOptions) == 0)
        {
            return DefaultLevel;
        }

        _image.ReadAt(SquashfsSuperblock.Size, options);
        return BinaryPrimitives.ReadInt32LittleEndian(options[2..]) is > 0 and <= 22 and int level ? level : DefaultLevel;
    }

    private long[] FragmentPointers()
    {
        long[] pointers = new long[(_super.Fragments + 511) / 512];
        Span<byte> field = stackalloc byte[8];
        for (int i = 0; i < pointers.Length; i++)
        {
            _image.ReadAt(_super.FragmentTable + (8 * i), field);
            pointers[i] = BinaryPrimitives.ReadInt64LittleEndian(field);
            if (pointers[i] <= _super.DirectoryTable || pointers[i] >= _super.FragmentTable)
            {
                throw new DeltaException($"squashfs: fragment table {i} at {pointers[i]} lies outside {_super.DirectoryTable} to {_super.FragmentTable}");
            }
        }

        return pointers;
    }

    // Without fragments the directory table is bounded by the list of ids, whose blocks no later table precedes.
    private long TableAfterDirectories()
    {
        Span<byte> field = stackalloc byte[8];
        _image.ReadAt(48, field);
        long idTable = BinaryPrimitives.ReadInt64LittleEndian(field);
        _image.ReadAt(idTable >= 0 && idTable <= _image.Length - 8 ? idTable : 0, field);
        long first = BinaryPrimitives.ReadInt64LittleEndian(field);
        return first > _super.DirectoryTable && first < _super.BytesUsed
            ? first
            : throw new DeltaException($"squashfs: the id table at {idTable} does not follow the directories");
    }

    private (long Offset, uint Size)[] Fragments(long[] pointers)
    {
        if (pointers.Length == 0)
        {
            return [];
        }

        byte[] table = MetadataTable.Read(_image, pointers[0], _super.FragmentTable, _codec, _blocks).Content;
        return table.Length < _super.Fragments * 16L
            ? throw new DeltaException($"squashfs: {_super.Fragments} fragments do not fit in a table of {table.Length} bytes")
            : [.. Enumerable.Range(0, _super.Fragments).Select(i => (
                BinaryPrimitives.ReadInt64LittleEndian(table.AsSpan(i * 16)), BinaryPrimitives.ReadUInt32LittleEndian(table.AsSpan((i * 16) + 8))))];
    }

    private void AddFile(SquashfsContent file)
    {
        long at = file.Start;
        for (int i = 0; i < file.BlockSizes.Length; i++)
        {
            AddBlock(at, file.BlockSizes[i], BlockLength(file, i));
            at += file.BlockSizes[i] & (PlainBlock - 1);
        }
    }

    /// <param name="offset">In the image.</param>
    /// <param name="size">As stored in the inode or fragment table.</param>
    /// <param name="contentLength">0: the frame tells.</param>
    private void AddBlock(long offset, uint size, int contentLength)
    {
        int stored = (int)(size & (PlainBlock - 1));
        if (offset < SquashfsSuperblock.Size || stored > _super.BlockSize || offset + stored > _super.InodeTable)
        {
            throw new DeltaException($"squashfs: block at {offset} of {stored} bytes lies outside the data");
        }

        if (stored == 0 || (size & PlainBlock) != 0)
        {
            return;
        }

        if (contentLength == 0)
        {
            byte[] bytes = new byte[stored];
            _image.ReadAt(offset, bytes);
            contentLength = BlockCodec.ContentLength(bytes, _super.BlockSize);
        }

        _blocks.Add(new ImageBlock(offset, stored, contentLength));
    }

    private IEnumerable<Extent> Extents(ContentMap map, SquashfsContent file, (long Offset, uint Size)[] fragments)
    {
        long at = file.Start;
        for (int i = 0; i < file.BlockSizes.Length; i++)
        {
            uint size = file.BlockSizes[i];
            if (size != 0 && !_closed.Contains(at))
            {
                yield return new Extent(map.PositionOfStored(at), BlockLength(file, i));
            }

            at += size & (PlainBlock - 1);
        }

        int tail = (int)(file.Size - ((long)file.BlockSizes.Length * _super.BlockSize));
        if (file.Fragment >= 0 && tail > 0)
        {
            (long offset, _) = file.Fragment < fragments.Length
                ? fragments[file.Fragment]
                : throw new DeltaException($"squashfs: a file's tail is in fragment {file.Fragment} of {fragments.Length}");
            if (!_closed.Contains(offset))
            {
                yield return new Extent(map.PositionOfStored(offset) + file.FragmentOffset, tail);
            }
        }
    }

    private int BlockLength(SquashfsContent file, int block) => (int)Math.Min(_super.BlockSize, file.Size - ((long)block * _super.BlockSize));

    private void Walk(MetadataTable inodes, MetadataTable directories, int inode, string path, int depth)
    {
        if (!_inodes.TryGetValue(inode, out SquashfsInode? found) || depth > MaximumDepth)
        {
            throw new DeltaException($"squashfs: {(path.Length == 0 ? "/" : path)}: no inode at {inode}, or deeper than {MaximumDepth} folders");
        }

        if (found.File is { Size: > 0 } file)
        {
            _paths.TryAdd(file, path);
        }

        if (found.Directory is { Size: > 3 } listing)
        {
            int start = directories.IndexOf(listing.Block, listing.Offset);
            ReadOnlySpan<byte> bytes = directories.Content.AsSpan(start, (int)Math.Min(listing.Size - 3, directories.Content.Length - start));
            foreach ((string name, int child) in Entries(inodes, bytes))
            {
                Walk(inodes, directories, child, $"{path}/{name}", depth + 1);
            }
        }
    }

    private static List<(string Name, int Inode)> Entries(MetadataTable inodes, ReadOnlySpan<byte> listing)
    {
        List<(string, int)> entries = [];
        while (listing.Length > DirectoryHeader)
        {
            long count = BinaryPrimitives.ReadUInt32LittleEndian(listing) + 1L;
            long block = BinaryPrimitives.ReadUInt32LittleEndian(listing[4..]);
            listing = listing[DirectoryHeader..];
            for (; count > 0 && listing.Length > 8; count--)
            {
                int name = Math.Min(BinaryPrimitives.ReadUInt16LittleEndian(listing[6..]) + 1, listing.Length - 8);
                entries.Add((Encoding.UTF8.GetString(listing.Slice(8, name)), inodes.IndexOf(block, BinaryPrimitives.ReadUInt16LittleEndian(listing))));
                listing = listing[(8 + name)..];
            }
        }

        return entries;
    }
}
