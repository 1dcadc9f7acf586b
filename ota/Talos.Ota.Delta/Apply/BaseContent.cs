using Talos.Ota.Delta.Blocks;
using Talos.Ota.Delta.Images;

namespace Talos.Ota.Delta.Apply;

/// <summary>Reads the content of the base at any position; keeps the blocks unpacked last.</summary>
internal sealed class BaseContent
{
    private readonly IBaseImage _image;
    private readonly ContentMap _map;
    private readonly BlockCodec _codec;
    private readonly byte[][] _contents;
    private readonly int[] _held;
    private readonly long[] _used;
    private readonly Dictionary<int, int> _slots = [];
    private readonly byte[] _stored;
    private long _clock;

    /// <param name="image">The base.</param>
    /// <param name="map">Its blocks.</param>
    /// <param name="codec">Unpacks.</param>
    /// <param name="cacheLength">Bytes of unpacked blocks that are kept.</param>
    public BaseContent(IBaseImage image, ContentMap map, BlockCodec codec, int cacheLength)
    {
        _image = image;
        _map = map;
        _codec = codec;
        int largest = map.Blocks.Count == 0 ? 1 : map.Blocks.Max(b => b.ContentLength);
        _stored = new byte[map.Blocks.Count == 0 ? 0 : map.Blocks.Max(b => b.StoredLength)];
        _contents = new byte[Math.Clamp(cacheLength / largest, 1, Math.Max(1, map.Blocks.Count))][];
        _held = new int[_contents.Length];
        _used = new long[_contents.Length];
        Array.Fill(_held, -1);
    }

    /// <summary>Length of the content.</summary>
    public long Length => _map.Length;

    /// <summary>Fills the buffer; it lies within the content.</summary>
    public void ReadAt(long position, Span<byte> buffer)
    {
        while (buffer.Length > 0)
        {
            int block = _map.BlockBefore(position);
            long end = block < 0 ? 0 : _map.PositionOf(block) + _map.Blocks[block].ContentLength;
            int taken;
            if (block >= 0 && position < end)
            {
                taken = (int)Math.Min(buffer.Length, end - position);
                Unpacked(block).AsSpan((int)(position - _map.PositionOf(block)), taken).CopyTo(buffer);
            }
            else
            {
                long next = block + 1 < _map.Blocks.Count ? _map.PositionOf(block + 1) : _map.Length;
                taken = (int)Math.Min(buffer.Length, next - position);
                long imageOffset = block < 0 ? position : _map.Blocks[block].Offset + _map.Blocks[block].StoredLength + (position - end);
                _image.ReadAt(imageOffset, buffer[..taken]);
            }

            position += taken;
            buffer = buffer[taken..];
        }
    }

    private byte[] Unpacked(int block)
    {
        if (!_slots.TryGetValue(block, out int slot))
        {
            slot = _used.AsSpan().IndexOf(_used.Min());
            _slots.Remove(_held[slot]);
            _held[slot] = -1;
            Unpack(block, slot);
            _held[slot] = block;
            _slots.Add(block, slot);
        }

        _used[slot] = ++_clock;
        return _contents[slot];
    }

    private void Unpack(int block, int slot)
    {
        ImageBlock wanted = _map.Blocks[block];
        if (_contents[slot] is null || _contents[slot].Length < wanted.ContentLength)
        {
            _contents[slot] = new byte[wanted.ContentLength];
        }

        Span<byte> stored = _stored.AsSpan(0, wanted.StoredLength);
        _image.ReadAt(wanted.Offset, stored);
        if (!_codec.TryUnpack(stored, _contents[slot].AsSpan(0, wanted.ContentLength)))
        {
            throw new DeltaException($"base image: the block of {wanted.StoredLength} bytes at {wanted.Offset} does not unpack to {wanted.ContentLength} bytes; the delta names other blocks than the base has");
        }
    }
}
