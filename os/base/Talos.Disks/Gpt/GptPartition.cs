namespace Talos.Disks.Gpt;

/// <summary>One entry of a GUID partition table.</summary>
public sealed record GptPartition
{
    /// <summary>Longest label, in UTF-16 units.</summary>
    public const int MaxLabel = 36;

    /// <summary>Number, from 1; the N of <c>/dev/sdaN</c>.</summary>
    public required int Number { get; init; }

    /// <summary>What it is for; see <see cref="PartitionTypes"/>.</summary>
    public required Guid Type { get; init; }

    /// <summary>Unique id (PARTUUID).</summary>
    public required Guid Id { get; init; }

    /// <summary>First sector.</summary>
    public required long FirstSector { get; init; }

    /// <summary>Last sector, inclusive.</summary>
    public required long LastSector { get; init; }

    /// <summary>Attribute bits.</summary>
    public ulong Attributes { get; init; }

    /// <summary>Label (PARTLABEL).</summary>
    public required string Label { get; init; }

    /// <summary>Length in sectors.</summary>
    public long Sectors => LastSector - FirstSector + 1;
}

/// <summary>Partition type ids. Source: UEFI specification 2.10, table 5.7; discoverable partitions specification.</summary>
public static class PartitionTypes
{
    /// <summary>EFI system partition.</summary>
    public static Guid EfiSystem { get; } = new("C12A7328-F81F-11D2-BA4B-00A0C93EC93B");

    /// <summary>Linux file system data.</summary>
    public static Guid LinuxData { get; } = new("0FC63DAF-8483-4772-8E79-3D69D8477DE4");
}
