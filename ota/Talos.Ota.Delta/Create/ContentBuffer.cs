using Talos.Ota.Delta.Blocks;
using Talos.Ota.Delta.Images;

namespace Talos.Ota.Delta.Create;

/// <summary>The whole content of an image in memory: compressed blocks unpacked.</summary>
internal static class ContentBuffer
{
    /// <summary>Reads and unpacks everything.</summary>
    /// <exception cref="DeltaException">More than an array takes, or a block is damaged.</exception>
    public static byte[] Load(IBaseImage image, ContentMap map, BlockCodec codec, CancellationToken ct)
    {
        if (map.Length > Array.MaxLength)
        {
            throw new DeltaException($"the image unpacks to {map.Length} bytes; a delta is made of at most {Array.MaxLength}");
        }

        byte[] content = new byte[map.Length];
        byte[] stored = new byte[map.Blocks.Count == 0 ? 0 : map.Blocks.Max(b => b.StoredLength)];
        long read = 0;
        for (int i = 0; i < map.Blocks.Count; i++)
        {
            ct.ThrowIfCancellationRequested();
            ImageBlock block = map.Blocks[i];
            int plain = (int)(block.Offset - read);
            image.ReadAt(read, content.AsSpan((int)map.PositionOf(i) - plain, plain));
            Span<byte> frame = stored.AsSpan(0, block.StoredLength);
            image.ReadAt(block.Offset, frame);
            if (!codec.TryUnpack(frame, content.AsSpan((int)map.PositionOf(i), block.ContentLength)))
            {
                throw new DeltaException($"block at {block.Offset} of the image, {block.StoredLength} bytes: it does not unpack to {block.ContentLength}");
            }

            read = block.Offset + block.StoredLength;
        }

        image.ReadAt(read, content.AsSpan((int)(map.Length - (map.ImageLength - read))));
        return content;
    }
}
