using System.Collections.Immutable;

namespace Talos.Disks.Gpt;

/// <summary>A GUID partition table as it should be on a disk; changing it gives a new one and writes nothing.</summary>
public sealed record GptTable
{
    /// <summary>Partitions begin and end at multiples of this many bytes.</summary>
    public const int Alignment = 1024 * 1024;

    internal const int EntrySize = 128, MinEntries = 128;

    /// <summary>Id of the disk.</summary>
    public required Guid DiskId { get; init; }

    /// <summary>Bytes a sector: 512 or 4096.</summary>
    public required int SectorSize { get; init; }

    /// <summary>Sectors of the disk.</summary>
    public required long DiskSectors { get; init; }

    /// <summary>Number of entries there is room for.</summary>
    public int EntryCount { get; init; } = MinEntries;

    /// <summary>First sector partitions may use.</summary>
    public required long FirstUsableSector { get; init; }

    /// <summary>The partitions, by number.</summary>
    public ImmutableList<GptPartition> Partitions { get; init; } = [];

    /// <summary>Last sector partitions may use: behind it are the entries and the header of the backup.</summary>
    public long LastUsableSector => DiskSectors - 2 - EntrySectors;

    internal int EntrySectors => ((EntryCount * EntrySize) + SectorSize - 1) / SectorSize;

    /// <summary>A table without partitions.</summary>
    public static GptTable Empty(Guid diskId, long diskSize, int sectorSize)
    {
        GptTable table = new() { DiskId = diskId, SectorSize = sectorSize, DiskSectors = diskSize / sectorSize, FirstUsableSector = 0 };
        return table with { FirstUsableSector = 2 + table.EntrySectors };
    }

    /// <summary>The partition with this label, or null; the first when there are several.</summary>
    public GptPartition? Find(string label) => Partitions.Find(p => p.Label == label);

    /// <summary>The table for the same disk after its size changed. The backup moves with the end.</summary>
    /// <exception cref="InvalidDataException">A partition lies behind the new end.</exception>
    public GptTable Resize(long diskSize)
    {
        GptTable table = this with { DiskSectors = diskSize / SectorSize };
        GptPartition? outside = table.Partitions.Find(p => p.LastSector > table.LastUsableSector);
        return outside is null
            ? table
            : throw new InvalidDataException($"partition {outside.Label} ends at sector {outside.LastSector}, the disk at {table.LastUsableSector}");
    }

    /// <summary>Adds a partition behind the last one, aligned at both ends.</summary>
    /// <param name="label">At most 36 UTF-16 units.</param>
    /// <param name="type">What it is for.</param>
    /// <param name="id">Unique id.</param>
    /// <param name="size">Bytes, rounded up to the alignment; null for all that is left.</param>
    /// <exception cref="InvalidDataException">Too little space, no free entry, or the label is taken or too long.</exception>
    public GptTable Add(string label, Guid type, Guid id, long? size)
    {
        ArgumentNullException.ThrowIfNull(label);
        if (label.Length is 0 or > GptPartition.MaxLabel || Find(label) is not null)
        {
            throw new InvalidDataException($"partition label \"{label}\": want 1 to {GptPartition.MaxLabel} characters that no other partition has");
        }

        long unit = Alignment / SectorSize;
        long used = Partitions.IsEmpty ? FirstUsableSector - 1 : Math.Max(FirstUsableSector - 1, Partitions.Max(p => p.LastSector));
        long first = RoundUp(used + 1, unit);
        long room = RoundDown(LastUsableSector + 1, unit) - first;
        long sectors = size is { } bytes ? RoundUp((bytes + SectorSize - 1) / SectorSize, unit) : room;
        if (sectors <= 0 || sectors > room)
        {
            throw new InvalidDataException(
                $"no space for partition {label}: {Math.Max(room, 0) * SectorSize} bytes left, {(size ?? Alignment)} wanted");
        }

        int number = Enumerable.Range(1, EntryCount).FirstOrDefault(n => Partitions.TrueForAll(p => p.Number != n));
        if (number == 0)
        {
            throw new InvalidDataException($"no free entry for partition {label}: all {EntryCount} are used");
        }

        return Replace(new GptPartition
        {
            Number = number,
            Type = type,
            Id = id,
            FirstSector = first,
            LastSector = first + sectors - 1,
            Label = label,
        });
    }

    /// <summary>Lets the last partition on the disk reach to the end.</summary>
    /// <returns>The same table when it does already, or is not the last.</returns>
    public GptTable Grow(string label)
    {
        GptPartition? partition = Find(label);
        long end = RoundDown(LastUsableSector + 1, Alignment / SectorSize) - 1;
        return partition is null || partition.LastSector >= end || Partitions.Exists(p => p.FirstSector > partition.FirstSector)
            ? this
            : Replace(partition with { LastSector = end });
    }

    /// <summary>Gives a partition another label.</summary>
    public GptTable Rename(string label, string newLabel) =>
        Find(label) is { } partition && Find(newLabel) is null && newLabel.Length is > 0 and <= GptPartition.MaxLabel
            ? Replace(partition with { Label = newLabel })
            : throw new InvalidDataException($"cannot rename partition {label} to {newLabel}");

    /// <summary>Removes a partition; nothing happens when it is absent.</summary>
    public GptTable Remove(string label) => this with { Partitions = Partitions.RemoveAll(p => p.Label == label) };

    /// <summary>Whether two tables describe the same.</summary>
    public bool Equals(GptTable? other) =>
        other is not null && DiskId == other.DiskId && SectorSize == other.SectorSize && DiskSectors == other.DiskSectors
        && EntryCount == other.EntryCount && FirstUsableSector == other.FirstUsableSector && Partitions.SequenceEqual(other.Partitions);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(DiskId, SectorSize, DiskSectors, Partitions.Count);

    /// <summary>Why this cannot be a table of a disk, or null.</summary>
    internal string? FindProblem()
    {
        GptPartition? before = null;
        foreach (GptPartition partition in Partitions.OrderBy(p => p.FirstSector))
        {
            if (partition.FirstSector < FirstUsableSector || partition.LastSector < partition.FirstSector)
            {
                return $"partition {partition.Number} has no valid range";
            }

            if (before is not null && partition.FirstSector <= before.LastSector)
            {
                return $"partitions {before.Number} and {partition.Number} overlap";
            }

            before = partition;
        }

        return null;
    }

    private GptTable Replace(GptPartition partition) => this with
    {
        Partitions = [.. Partitions.Where(p => p.Number != partition.Number).Append(partition).OrderBy(p => p.Number)],
    };

    private static long RoundUp(long value, long unit) => (value + unit - 1) / unit * unit;

    private static long RoundDown(long value, long unit) => value / unit * unit;
}
