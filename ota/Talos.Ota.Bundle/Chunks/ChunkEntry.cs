using System.Buffers.Binary;

namespace Talos.Ota.Bundle;

/// <summary>One chunk in the index: 80 bytes, little-endian. See ota/spec/bundle.md, section Chunk index.</summary>
public readonly ref struct ChunkEntry
{
    /// <summary>Bytes of an entry.</summary>
    public const int Size = 80;

    private readonly ReadOnlySpan<byte> _data;

    internal ChunkEntry(ReadOnlySpan<byte> data) => _data = data;

    /// <summary>Bytes from the start of the data region.</summary>
    public long Offset => BinaryPrimitives.ReadInt64LittleEndian(_data);

    /// <summary>Bytes it takes in the bundle.</summary>
    public int StoredLength => BinaryPrimitives.ReadInt32LittleEndian(_data[8..]);

    /// <summary>How they are kept.</summary>
    public ChunkEncoding Encoding => (ChunkEncoding)BinaryPrimitives.ReadInt32LittleEndian(_data[12..]);

    /// <summary>SHA-256 of the bytes in the bundle: checked before they are unpacked.</summary>
    public ReadOnlySpan<byte> StoredSha256 => _data.Slice(16, 32);

    /// <summary>SHA-256 of the unpacked bytes: tells whether a slot holds them already, and whether they were written well.</summary>
    public ReadOnlySpan<byte> ContentSha256 => _data.Slice(48, 32);

    internal static void Write(Span<byte> data, long offset, int storedLength, ChunkEncoding encoding, ReadOnlySpan<byte> storedSha256, ReadOnlySpan<byte> contentSha256)
    {
        BinaryPrimitives.WriteInt64LittleEndian(data, offset);
        BinaryPrimitives.WriteInt32LittleEndian(data[8..], storedLength);
        BinaryPrimitives.WriteInt32LittleEndian(data[12..], (int)encoding);
        storedSha256.CopyTo(data[16..]);
        contentSha256.CopyTo(data[48..]);
    }
}
