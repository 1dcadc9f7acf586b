using System.Buffers.Binary;
using System.Numerics;

namespace Talos.Fleet.Agent;

/// <summary>What a segment begins with.</summary>
/// <param name="Stream">The stream its numbers count in.</param>
/// <param name="First">Number of its first record.</param>
/// <param name="Dropped">Records dropped from the queue until it was begun.</param>
internal sealed record SegmentHeader(Guid Stream, long First, long Dropped);

/// <summary>Where a record lies in its segment.</summary>
internal readonly record struct SegmentRecord(long Seq, int Offset, int Length);

/// <summary>A segment of the queue as bytes, little-endian.</summary>
/// <remarks>
/// Header, 48 bytes: magic 8, stream 16, first number 8, dropped 8, zero 4, CRC-32C of the 44 bytes before.
/// Record: length of the payload 4, number 8, CRC-32C of both and the payload 4, payload.
/// What a power cut tore is skipped: records behind it are found again by their checksums.
/// </remarks>
internal static class SegmentFormat
{
    public const int HeaderLength = 48;
    public const int RecordOverhead = 16;
    public const int MaxPayload = 64 << 10;

    private static ReadOnlySpan<byte> Magic => "TFLEETQ1"u8;

    public static byte[] Header(SegmentHeader header)
    {
        byte[] bytes = new byte[HeaderLength];
        Magic.CopyTo(bytes);
        header.Stream.TryWriteBytes(bytes.AsSpan(8));
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(24), header.First);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(32), header.Dropped);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(44), Crc(0, bytes.AsSpan(0, 44)));
        return bytes;
    }

    /// <summary>The header of a segment; null when it is none.</summary>
    public static SegmentHeader? ReadHeader(ReadOnlySpan<byte> segment)
    {
        if (segment.Length < HeaderLength || !segment.StartsWith(Magic)
            || BinaryPrimitives.ReadUInt32LittleEndian(segment[44..]) != Crc(0, segment[..44]))
        {
            return null;
        }

        SegmentHeader header = new(
            new Guid(segment.Slice(8, 16)), BinaryPrimitives.ReadInt64LittleEndian(segment[24..]), BinaryPrimitives.ReadInt64LittleEndian(segment[32..]));
        return header.First > 0 && header.Dropped >= 0 ? header : null;
    }

    public static byte[] Record(long seq, ReadOnlySpan<byte> payload)
    {
        byte[] bytes = new byte[RecordOverhead + payload.Length];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, payload.Length);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(4), seq);
        payload.CopyTo(bytes.AsSpan(RecordOverhead));
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(12), Crc(Crc(0, bytes.AsSpan(0, 12)), payload));
        return bytes;
    }

    /// <summary>All whole records, by rising number, and where the last of them ends.</summary>
    public static List<SegmentRecord> Scan(ReadOnlySpan<byte> segment, long first, out int end)
    {
        List<SegmentRecord> records = [];
        long least = first;
        end = HeaderLength;
        for (int at = HeaderLength; at + RecordOverhead <= segment.Length;)
        {
            if (ReadRecord(segment[at..], least) is not { } record)
            {
                at++;
                continue;
            }

            records.Add(new SegmentRecord(record.Seq, at + RecordOverhead, record.Length));
            least = record.Seq + 1;
            at += RecordOverhead + record.Length;
            end = at;
        }

        return records;
    }

    private static (long Seq, int Length)? ReadRecord(ReadOnlySpan<byte> bytes, long least)
    {
        int length = BinaryPrimitives.ReadInt32LittleEndian(bytes);
        if (length is < 0 or > MaxPayload || length > bytes.Length - RecordOverhead)
        {
            return null;
        }

        long seq = BinaryPrimitives.ReadInt64LittleEndian(bytes[4..]);
        return seq >= least && BinaryPrimitives.ReadUInt32LittleEndian(bytes[12..]) == Crc(Crc(0, bytes[..12]), bytes.Slice(RecordOverhead, length))
            ? (seq, length)
            : null;
    }

    private static uint Crc(uint seed, ReadOnlySpan<byte> bytes)
    {
        uint crc = ~seed;
        while (bytes.Length >= sizeof(ulong))
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            bytes = bytes[sizeof(ulong)..];
        }

        foreach (byte b in bytes)
        {
            crc = BitOperations.Crc32C(crc, b);
        }

        return ~crc;
    }
}
