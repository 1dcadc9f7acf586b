using System.Buffers.Binary;

namespace Talos.Disks.Gpt;

/// <summary>Plans how a table gets on a disk.</summary>
public static class GptWriter
{
    /// <summary>
    /// The writes, in an order that leaves the old or the new table readable at every moment: backup, primary,
    /// protective MBR. Linux looks at the backup when the primary is torn only with <c>gpt</c> on its command line.
    /// </summary>
    /// <param name="table">What should be there.</param>
    /// <param name="condition">What <see cref="GptReader"/> said of the disk; null for a disk without a table.</param>
    /// <param name="firstSector">Sector 0 as it is: its boot code is kept.</param>
    /// <exception cref="InvalidDataException">Partitions overlap or reach out of the disk.</exception>
    /// <remarks>When only the backup is intact the primary is written first: the intact copy is replaced last.</remarks>
    public static IReadOnlyList<DiskWrite> Plan(GptTable table, GptCondition? condition, ReadOnlySpan<byte> firstSector)
    {
        ArgumentNullException.ThrowIfNull(table);
        if ((table.FindProblem() ?? FindOutside(table)) is { } problem)
        {
            throw new InvalidDataException(problem);
        }

        long last = table.DiskSectors - 1;
        byte[] entries = Entries(table);
        DiskWrite backup = Copy(table, entries, own: last, other: 1, entriesSector: last - table.EntrySectors);
        DiskWrite primary = Copy(table, entries, own: 1, other: last, entriesSector: 2);
        DiskWrite mbr = new(0, ProtectiveMbr(firstSector, table));
        return condition is GptCondition.PrimaryDamaged ? [primary, backup, mbr] : [backup, primary, mbr];
    }

    private static string? FindOutside(GptTable table) =>
        table.Partitions.Find(p => p.LastSector > table.LastUsableSector) is { } outside
            ? $"partition {outside.Label} ends behind the last usable sector {table.LastUsableSector}"
            : null;

    /// <summary>Header and entries lie side by side and go in one write: the moment in which a copy is torn is as short as can be.</summary>
    private static DiskWrite Copy(GptTable table, byte[] entries, long own, long other, long entriesSector)
    {
        uint crc = Crc32.Of(entries.AsSpan(0, table.EntryCount * GptTable.EntrySize));
        GptHeader header = new(
            own, other, table.FirstUsableSector, table.LastUsableSector, table.DiskId, entriesSector, table.EntryCount, crc);
        byte[] sector = header.ToSector(table.SectorSize);
        return own < entriesSector
            ? new DiskWrite(own * table.SectorSize, (byte[])[.. sector, .. entries])
            : new DiskWrite(entriesSector * table.SectorSize, (byte[])[.. entries, .. sector]);
    }

    private static byte[] Entries(GptTable table)
    {
        byte[] entries = new byte[table.EntrySectors * table.SectorSize];
        foreach (GptPartition partition in table.Partitions)
        {
            Span<byte> entry = entries.AsSpan((partition.Number - 1) * GptTable.EntrySize, GptTable.EntrySize);
            partition.Type.TryWriteBytes(entry);
            partition.Id.TryWriteBytes(entry[16..]);
            BinaryPrimitives.WriteInt64LittleEndian(entry[32..], partition.FirstSector);
            BinaryPrimitives.WriteInt64LittleEndian(entry[40..], partition.LastSector);
            BinaryPrimitives.WriteUInt64LittleEndian(entry[48..], partition.Attributes);
            System.Text.Encoding.Unicode.GetBytes(partition.Label, entry[56..]);
        }

        return entries;
    }

    /// <summary>One partition of type 0xEE over the whole disk, as far as 32 bits count.</summary>
    private static byte[] ProtectiveMbr(ReadOnlySpan<byte> firstSector, GptTable table)
    {
        byte[] mbr = new byte[table.SectorSize];
        firstSector[..Math.Min(firstSector.Length, 440)].CopyTo(mbr);
        Span<byte> entry = mbr.AsSpan(446, 16);
        ((ReadOnlySpan<byte>)[0, 0, 2, 0, 0xEE, 0xFF, 0xFF, 0xFF]).CopyTo(entry);
        BinaryPrimitives.WriteUInt32LittleEndian(entry[8..], 1);
        BinaryPrimitives.WriteUInt32LittleEndian(entry[12..], (uint)Math.Min(table.DiskSectors - 1, uint.MaxValue));
        mbr[510] = 0x55;
        mbr[511] = 0xAA;
        return mbr;
    }
}
