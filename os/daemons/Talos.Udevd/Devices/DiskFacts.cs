namespace Talos.Udevd.Devices;

/// <summary>A component of a device's path below /sys/devices.</summary>
/// <param name="Subsystem">Its subsystem; empty when it has none.</param>
/// <param name="Name">Name of the folder.</param>
internal readonly record struct PathComponent(string Subsystem, string Name);

/// <summary>What is known of a block device, to name it by.</summary>
internal sealed record DiskFacts
{
    /// <summary>Kernel name, such as <c>vda1</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Number of the partition; null for a whole disk.</summary>
    public int? Partition { get; init; }

    /// <summary>Where it is plugged in, from the root of /sys/devices to the whole disk.</summary>
    public IReadOnlyList<PathComponent> Path { get; init; } = [];

    /// <summary>Model of the disk; empty when unknown.</summary>
    public string Model { get; init; } = "";

    /// <summary>Serial number of the disk; empty when unknown.</summary>
    public string Serial { get; init; } = "";

    /// <summary>World wide id of the disk, such as <c>naa.5000…</c> or <c>eui.…</c>; empty when unknown.</summary>
    public string WorldWideId { get; init; } = "";

    /// <summary>How the disk is attached: <c>virtio</c>, <c>nvme</c>, <c>mmc</c>, <c>ata</c>, <c>scsi</c>, <c>usb</c>; empty when otherwise.</summary>
    public string Bus { get; init; } = "";

    /// <summary>Name of a device-mapper device; empty when it is none.</summary>
    public string MapperName { get; init; } = "";

    /// <summary>UUID of a device-mapper device; empty when it has none.</summary>
    public string MapperUuid { get; init; } = "";

    /// <summary>Label of the partition; empty when none.</summary>
    public string PartitionLabel { get; init; } = "";

    /// <summary>UUID of the partition; empty when none.</summary>
    public string PartitionUuid { get; init; } = "";

    /// <summary>Label of the file system; empty when none.</summary>
    public string Label { get; init; } = "";

    /// <summary>UUID of the file system; empty when none.</summary>
    public string Uuid { get; init; } = "";

    /// <summary>Sequence number of the disk since boot; 0 when unknown.</summary>
    public long Sequence { get; init; }
}
