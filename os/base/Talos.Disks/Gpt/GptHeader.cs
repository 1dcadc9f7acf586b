using System.Buffers.Binary;

namespace Talos.Disks.Gpt;

/// <summary>One of the two headers. Source: UEFI specification 2.10, section 5.3.2.</summary>
internal sealed record GptHeader(
    long OwnSector, long OtherSector, long FirstUsable, long LastUsable, Guid DiskId, long EntriesSector, int EntryCount, uint EntriesCrc)
{
    internal const int Size = 92;
    private const int MaxEntries = 1024;

    /// <summary>Parses a sector; null unless it is an intact header that says it belongs at <paramref name="sector"/>.</summary>
    internal static GptHeader? TryParse(ReadOnlySpan<byte> data, long sector)
    {
        if (data.Length < Size || !data.StartsWith("EFI PART"u8))
        {
            return null;
        }

        uint size = BinaryPrimitives.ReadUInt32LittleEndian(data[12..]);
        if (size < Size || size > data.Length)
        {
            return null;
        }

        byte[] checkedPart = data[..(int)size].ToArray();
        checkedPart.AsSpan(16, 4).Clear();
        if (Crc32.Of(checkedPart) != BinaryPrimitives.ReadUInt32LittleEndian(data[16..]))
        {
            return null;
        }

        long Number(ReadOnlySpan<byte> d, int offset) => BinaryPrimitives.ReadInt64LittleEndian(d[offset..]);
        uint count = BinaryPrimitives.ReadUInt32LittleEndian(data[80..]);
        uint entrySize = BinaryPrimitives.ReadUInt32LittleEndian(data[84..]);
        if (Number(data, 24) != sector || entrySize != GptTable.EntrySize || count is 0 or > MaxEntries
            || Number(data, 40) < 3 || Number(data, 48) < Number(data, 40) || Number(data, 72) < 2)
        {
            return null;
        }

        return new GptHeader(
            sector, Number(data, 32), Number(data, 40), Number(data, 48), new Guid(data[56..72]), Number(data, 72), (int)count,
            BinaryPrimitives.ReadUInt32LittleEndian(data[88..]));
    }

    /// <summary>The header as a sector.</summary>
    internal byte[] ToSector(int sectorSize)
    {
        byte[] data = new byte[sectorSize];
        "EFI PART"u8.CopyTo(data);
        BinaryPrimitives.WriteUInt32LittleEndian(data.AsSpan(8), 0x0001_0000);
        BinaryPrimitives.WriteUInt32LittleEndian(data.AsSpan(12), Size);
        BinaryPrimitives.WriteInt64LittleEndian(data.AsSpan(24), OwnSector);
        BinaryPrimitives.WriteInt64LittleEndian(data.AsSpan(32), OtherSector);
        BinaryPrimitives.WriteInt64LittleEndian(data.AsSpan(40), FirstUsable);
        BinaryPrimitives.WriteInt64LittleEndian(data.AsSpan(48), LastUsable);
        DiskId.TryWriteBytes(data.AsSpan(56));
        BinaryPrimitives.WriteInt64LittleEndian(data.AsSpan(72), EntriesSector);
        BinaryPrimitives.WriteInt32LittleEndian(data.AsSpan(80), EntryCount);
        BinaryPrimitives.WriteInt32LittleEndian(data.AsSpan(84), GptTable.EntrySize);
        BinaryPrimitives.WriteUInt32LittleEndian(data.AsSpan(88), EntriesCrc);
        BinaryPrimitives.WriteUInt32LittleEndian(data.AsSpan(16), Crc32.Of(data.AsSpan(0, Size)));
        return data;
    }
}
