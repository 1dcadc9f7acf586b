using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Talos.Disks.Gpt;

/// <summary>A table read from a disk.</summary>
/// <param name="Table">The table, for the size the disk has now.</param>
/// <param name="Condition">What is wrong with its copies.</param>
public sealed record GptReadResult(GptTable Table, GptCondition Condition);

/// <summary>Condition of the two copies of a table.</summary>
public enum GptCondition
{
    /// <summary>Both are intact, in place and equal.</summary>
    Good,

    /// <summary>The primary is intact; the backup is damaged, differs, or is not at the end of the disk.</summary>
    BackupStale,

    /// <summary>Only the backup is intact.</summary>
    PrimaryDamaged,
}

/// <summary>Reads a GUID partition table.</summary>
public static class GptReader
{
    /// <summary>Reads the table; null when neither copy is intact.</summary>
    /// <param name="disk">The whole disk; its length is the size of the disk.</param>
    /// <param name="sectorSize">Bytes a logical sector.</param>
    public static GptReadResult? TryRead(Stream disk, int sectorSize)
    {
        ArgumentNullException.ThrowIfNull(disk);
        if (sectorSize is < 512 or > 65536 || disk.Length < 8L * sectorSize)
        {
            return null;
        }

        long sectors = disk.Length / sectorSize;
        (GptHeader Header, GptTable Table)? primary = ReadCopy(disk, 1, sectorSize);
        (GptHeader Header, GptTable Table)? backup = ReadCopy(disk, sectors - 1, sectorSize);

        if (primary is { } p)
        {
            bool good = p.Header.OtherSector == sectors - 1 && p.Header.LastUsable == p.Table.LastUsableSector
                && backup is { } b && b.Header.OtherSector == 1 && b.Table.Equals(p.Table);
            return new GptReadResult(p.Table, good ? GptCondition.Good : GptCondition.BackupStale);
        }

        return backup is { } only ? new GptReadResult(only.Table, GptCondition.PrimaryDamaged) : null;
    }

    private static (GptHeader Header, GptTable Table)? ReadCopy(Stream disk, long sector, int sectorSize)
    {
        byte[]? data = disk.ReadAt(sector * sectorSize, sectorSize);
        if (data is null || GptHeader.TryParse(data, sector) is not { } header || header.EntriesSector > disk.Length / sectorSize)
        {
            return null;
        }

        byte[]? entries = disk.ReadAt(header.EntriesSector * sectorSize, header.EntryCount * GptTable.EntrySize);
        if (entries is null || Crc32.Of(entries) != header.EntriesCrc)
        {
            return null;
        }

        GptTable table = new()
        {
            DiskId = header.DiskId,
            SectorSize = sectorSize,
            DiskSectors = disk.Length / sectorSize,
            EntryCount = header.EntryCount,
            FirstUsableSector = header.FirstUsable,
            Partitions = [.. ParseEntries(entries)],
        };
        return table.FindProblem() is null && table.Partitions.TrueForAll(e => e.LastSector <= header.LastUsable) ? (header, table) : null;
    }

    private static List<GptPartition> ParseEntries(byte[] entries)
    {
        List<GptPartition> partitions = [];
        for (int i = 0; i < entries.Length / GptTable.EntrySize; i++)
        {
            ReadOnlySpan<byte> entry = entries.AsSpan(i * GptTable.EntrySize, GptTable.EntrySize);
            Guid type = new(entry[..16]);
            if (type != Guid.Empty)
            {
                partitions.Add(new GptPartition
                {
                    Number = i + 1,
                    Type = type,
                    Id = new Guid(entry[16..32]),
                    FirstSector = BinaryPrimitives.ReadInt64LittleEndian(entry[32..]),
                    LastSector = BinaryPrimitives.ReadInt64LittleEndian(entry[40..]),
                    Attributes = BinaryPrimitives.ReadUInt64LittleEndian(entry[48..]),
                    Label = ParseLabel(entry[56..]),
                });
            }
        }

        return partitions;
    }

    /// <summary>UTF-16, little-endian like the machines we run on, up to a zero.</summary>
    private static string ParseLabel(ReadOnlySpan<byte> data)
    {
        ReadOnlySpan<char> units = MemoryMarshal.Cast<byte, char>(data[..(GptPartition.MaxLabel * 2)]);
        int end = units.IndexOf('\0');
        return (end < 0 ? units : units[..end]).ToString();
    }
}
