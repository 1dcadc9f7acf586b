namespace Talos.Ota.Delta.Images;

/// <summary>An image as one run of content: its compressed blocks unpacked in place, the bytes between them as they are.</summary>
internal sealed class ContentMap
{
    private readonly ImageBlock[] _blocks;
    private readonly long[] _positions;

    /// <param name="imageLength">Length of the image.</param>
    /// <param name="blocks">By offset, without overlap, inside the image.</param>
    public ContentMap(long imageLength, IReadOnlyList<ImageBlock> blocks)
    {
        ImageLength = imageLength;
        _blocks = [.. blocks];
        _positions = new long[_blocks.Length];
        long shift = 0;
        for (int i = 0; i < _blocks.Length; i++)
        {
            _positions[i] = _blocks[i].Offset + shift;
            shift += _blocks[i].ContentLength - _blocks[i].StoredLength;
        }

        Length = imageLength + shift;
    }

    /// <summary>Length of the image.</summary>
    public long ImageLength { get; }

    /// <summary>Length of the content.</summary>
    public long Length { get; }

    /// <summary>The compressed blocks.</summary>
    public IReadOnlyList<ImageBlock> Blocks => _blocks;

    /// <summary>Position of a block's content.</summary>
    public long PositionOf(int block) => _positions[block];

    /// <summary>The last block that begins at or before a position; -1 when all begin behind it.</summary>
    public int BlockBefore(long position)
    {
        int index = Array.BinarySearch(_positions, position);
        return index >= 0 ? index : ~index - 1;
    }

    /// <summary>Position in the content of a byte of the image that is in no compressed block, or is the first of one.</summary>
    public long PositionOfStored(long imageOffset)
    {
        int low = 0;
        int high = _blocks.Length;
        while (low < high)
        {
            int middle = (low + high) / 2;
            (low, high) = _blocks[middle].Offset <= imageOffset ? (middle + 1, high) : (low, middle);
        }

        if (low == 0)
        {
            return imageOffset;
        }

        ImageBlock before = _blocks[low - 1];
        return before.Offset == imageOffset
            ? _positions[low - 1]
            : _positions[low - 1] + before.ContentLength + imageOffset - before.Offset - before.StoredLength;
    }
}
