using System.Security.Cryptography;

namespace Talos.Ota.Bundle;

/// <summary>A payload with the index of its chunks, checked against the manifest.</summary>
public sealed class BundlePayload
{
    private readonly ReadOnlyMemory<byte> _index;

    private BundlePayload(PayloadInfo info, ReadOnlyMemory<byte> index, long dataOffset)
    {
        Info = info;
        _index = index;
        DataOffset = dataOffset;
    }

    /// <summary>What the manifest says of it.</summary>
    public PayloadInfo Info { get; }

    /// <summary>Chunks; the last may be shorter.</summary>
    public int ChunkCount => Info.ChunkCount;

    /// <summary>Where the data region starts, in bytes from the start of the bundle: the offsets of chunks count from there.</summary>
    internal long DataOffset { get; }

    /// <summary>What the index says of a chunk.</summary>
    public ChunkEntry this[int chunk] => new(_index.Span.Slice(chunk * ChunkEntry.Size, ChunkEntry.Size));

    /// <summary>True when <paramref name="content"/> is what the chunk unpacks to.</summary>
    public bool Fits(int chunk, ReadOnlySpan<byte> content)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(content, hash);
        return content.Length == Info.LengthOf(chunk) && hash.SequenceEqual(this[chunk].ContentSha256);
    }

    /// <summary>A chunk for people.</summary>
    internal string Describe(int chunk) => $"chunk {chunk} of {Info}";

    /// <summary>Checks the index of one payload.</summary>
    /// <param name="info">What the manifest says.</param>
    /// <param name="index">Its entries.</param>
    /// <param name="dataOffset">Where the data region starts.</param>
    /// <param name="firstOffset">Where its first chunk has to start in the data region.</param>
    internal static BundlePayload Parse(PayloadInfo info, ReadOnlyMemory<byte> index, long dataOffset, long firstOffset)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(index.Span, hash);
        if (index.Length != info.ChunkCount * ChunkEntry.Size || !hash.SequenceEqual(Convert.FromHexString(info.IndexSha256)))
        {
            throw new BundleException(BundleProblem.Corrupt, $"bundle: chunk index of {info}: its SHA-256 is not the one of the manifest; fetch the bundle again");
        }

        BundlePayload payload = new(info, index, dataOffset);
        long offset = firstOffset;
        for (int chunk = 0; chunk < info.ChunkCount; chunk++)
        {
            ChunkEntry entry = payload[chunk];
            int length = info.LengthOf(chunk);
            bool fits = entry.Encoding switch
            {
                ChunkEncoding.Stored => entry.StoredLength == length && entry.StoredSha256.SequenceEqual(entry.ContentSha256),
                ChunkEncoding.Zstd => entry.StoredLength > 0 && entry.StoredLength < length,
                _ => false,
            };
            if (!fits || entry.Offset != offset)
            {
                throw BundleException.Malformed($"chunk {chunk} of {info}: encoding {(int)entry.Encoding}, {entry.StoredLength} bytes at {entry.Offset} do not fit {length} bytes unpacked at {offset}");
            }

            offset += entry.StoredLength;
        }

        return offset - firstOffset == info.StoredSize
            ? payload
            : throw BundleException.Malformed($"{info}: chunks of {offset - firstOffset} bytes, {info.StoredSize} are named in the manifest");
    }
}
