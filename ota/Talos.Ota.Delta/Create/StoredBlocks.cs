using System.Security.Cryptography;
using Talos.Ota.Delta.Blocks;
using Talos.Ota.Delta.Images;

namespace Talos.Ota.Delta.Create;

/// <summary>Compares the compressed blocks of two images as they are stored.</summary>
internal static class StoredBlocks
{
    /// <summary>Offsets in the new image of blocks that the old one has too, each with its offset there.</summary>
    public static Dictionary<long, long> FindCopies(IBaseImage oldImage, ContentMap oldMap, IBaseImage newImage, ContentMap newMap, CancellationToken ct)
    {
        Dictionary<string, long> known = [];
        foreach (ImageBlock block in oldMap.Blocks)
        {
            known.TryAdd(Hash(oldImage, block, ct), block.Offset);
        }

        Dictionary<long, long> copies = [];
        foreach (ImageBlock block in newMap.Blocks)
        {
            if (known.TryGetValue(Hash(newImage, block, ct), out long offset))
            {
                copies.Add(block.Offset, offset);
            }
        }

        return copies;
    }

    /// <summary>Offsets of blocks that would not be packed to the bytes that are stored.</summary>
    /// <param name="image">The image.</param>
    /// <param name="blocks">Blocks to try.</param>
    /// <param name="level">Level of zstd.</param>
    /// <param name="workers">Blocks packed at a time.</param>
    /// <param name="progress">Gets bytes of content done, of all.</param>
    /// <param name="ct">Cancels.</param>
    public static HashSet<long> FindUnpackable(IBaseImage image, IReadOnlyList<ImageBlock> blocks, int level, int workers, Action<long, long> progress, CancellationToken ct)
    {
        HashSet<long> closed = [];
        Lock mutex = new();
        long done = 0;
        long all = blocks.Sum(b => (long)b.ContentLength);
        ParallelOptions options = new() { CancellationToken = ct, MaxDegreeOfParallelism = workers };
        Parallel.ForEach(blocks, options, () => new BlockCodec(), (block, _, codec) =>
        {
            bool same = IsReproduced(image, block, level, codec);
            lock (mutex)
            {
                if (!same)
                {
                    closed.Add(block.Offset);
                }

                done += block.ContentLength;
                progress(done, all);
            }

            return codec;
        }, codec => codec.Dispose());
        return closed;
    }

    private static bool IsReproduced(IBaseImage image, ImageBlock block, int level, BlockCodec codec)
    {
        byte[] stored = Read(image, block);
        byte[] content = new byte[block.ContentLength];
        byte[] packed = new byte[BlockCodec.Bound(content.Length)];
        return codec.TryUnpack(stored, content) && packed.AsSpan(0, codec.Pack(content, level, packed)).SequenceEqual(stored);
    }

    private static string Hash(IBaseImage image, ImageBlock block, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        return Convert.ToHexString(SHA256.HashData(Read(image, block)));
    }

    private static byte[] Read(IBaseImage image, ImageBlock block)
    {
        byte[] stored = new byte[block.StoredLength];
        image.ReadAt(block.Offset, stored);
        return stored;
    }
}
