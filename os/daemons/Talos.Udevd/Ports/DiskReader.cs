using System.Globalization;
using Talos.Disks.Gpt;
using Talos.Disks.Probing;
using Talos.Linux;
using Talos.Udevd.Devices;

namespace Talos.Udevd.Ports;

/// <summary>Finds out what a block device is and holds.</summary>
internal static class DiskReader
{
    /// <summary>The facts of a block device.</summary>
    public static DiskFacts Read(Uevent device, string name)
    {
        bool isPartition = device["DEVTYPE"] == "partition";
        string disk = isPartition ? device.DevPath[..device.DevPath.LastIndexOf('/')] : device.DevPath;
        IReadOnlyList<PathComponent> path = Sysfs.Components(disk);
        DiskFacts facts = new()
        {
            Name = name,
            Partition = isPartition && int.TryParse(device["PARTN"], NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : null,
            Path = path,
            Bus = Bus(path, disk),
            Model = Model(disk),
            Serial = Serial(disk),
            WorldWideId = First(Sysfs.Text(disk, "wwid"), Sysfs.Text(disk, "device/wwid")),
            MapperName = Sysfs.Text(disk, "dm/name"),
            MapperUuid = Sysfs.Text(disk, "dm/uuid"),
            PartitionLabel = device["PARTNAME"] ?? "",
            PartitionUuid = (device["PARTUUID"] ?? "").ToLowerInvariant(),
            Sequence = Sysfs.Number(disk, "diskseq"),
        };

        return Sysfs.Number(device.DevPath, "size") == 0 || !MayBeRead(name) ? facts : WithContents(facts, disk, name);
    }

    /// <summary>Tape-like, optical and memory devices are not opened: some move when they are.</summary>
    private static bool MayBeRead(string name) =>
        !name.StartsWith("ram", StringComparison.Ordinal) && !name.StartsWith("sr", StringComparison.Ordinal)
        && !name.StartsWith("zram", StringComparison.Ordinal) && !name.StartsWith("fd", StringComparison.Ordinal);

    private static DiskFacts WithContents(DiskFacts facts, string disk, string name)
    {
        try
        {
            using BlockDevice device = BlockDevice.Open($"/dev/{name}");
            byte[] head = new byte[FileSystemProbe.Length];
            int read = RandomAccess.Read(device.Handle, head, 0);
            if (FileSystemProbe.Probe(head.AsSpan(0, read), device.Size()) is { } content && content.Type != "gpt")
            {
                facts = facts with { Label = content.Label, Uuid = content.Uuid };
            }

            return facts.Partition is { } number && facts.PartitionUuid.Length == 0
                ? facts with { PartitionUuid = PartitionUuid(Path.GetFileName(disk), number) }
                : facts;
        }
        catch (IOException)
        {
            // No medium, suspended, or gone already: it is named by what sysfs says.
            return facts;
        }
    }

    /// <summary>Older kernels do not name the partition's UUID in the event.</summary>
    private static string PartitionUuid(string disk, int number)
    {
        using BlockDevice device = BlockDevice.Open($"/dev/{disk}");
        using BlockDeviceStream stream = new(device);
        return GptReader.TryRead(stream, device.SectorSize())?.Table.Partitions.FirstOrDefault(p => p.Number == number)?.Id.ToString("D") ?? "";
    }

    private static string Bus(IReadOnlyList<PathComponent> path, string disk)
    {
        if (path.Any(c => c.Subsystem == "usb"))
        {
            return "usb";
        }

        if (path.Any(c => c.Subsystem == "virtio"))
        {
            return "virtio";
        }

        string last = path.LastOrDefault(c => c.Subsystem is "nvme" or "mmc" or "scsi").Subsystem ?? "";
        return last == "scsi" && Sysfs.Text(disk, "device/vendor") == "ATA" ? "ata" : last;
    }

    private static string Model(string disk) =>
        First(Sysfs.Text(disk, "device/model"), Sysfs.Text(disk, "device/name"));

    private static string Serial(string disk) =>
        First(Sysfs.Text(disk, "serial"), Sysfs.Text(disk, "device/serial"), ProductData(disk));

    /// <summary>The unit serial number of a SCSI or ATA disk. Source: SCSI Primary Commands, page 80h; 4 bytes of header.</summary>
    private static string ProductData(string disk)
    {
        try
        {
            byte[] page = KernelFiles.ReadBytes($"/sys{disk}/device/vpd_pg80");
            return page.Length > 4 ? System.Text.Encoding.ASCII.GetString(page, 4, page.Length - 4).Trim(' ', '\0') : "";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    private static string First(params string[] texts) => texts.FirstOrDefault(t => t.Length > 0) ?? "";
}
