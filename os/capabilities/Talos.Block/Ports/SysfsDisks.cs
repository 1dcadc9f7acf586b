using System.Globalization;
using Talos.Resources.Block;

namespace Talos.Block.Ports;

/// <summary>What sysfs says about disks.</summary>
/// <param name="sys">Where sysfs is mounted.</param>
/// <param name="dev">Where the device nodes are.</param>
internal sealed class SysfsDisks(string sys, string dev)
{
    private static readonly (string Part, string Transport)[] Transports =
    [
        ("/virtio", "virtio"), ("/nvme", "nvme"), ("/mmc_host/", "mmc"), ("/usb", "usb"), ("/ata", "ata"), ("/host", "scsi"),
    ];

    internal bool Exists(string name) => Directory.Exists($"{sys}/class/block/{name}");

    /// <summary>Disks that have a device of their own: not loop, ram, zram, device-mapper.</summary>
    internal IReadOnlyDictionary<string, Disk> List()
    {
        Dictionary<string, Disk> disks = [];
        string folder = $"{sys}/block";
        foreach (string path in (Directory.Exists(folder) ? Directory.GetDirectories(folder) : []).Order(StringComparer.Ordinal))
        {
            string name = Path.GetFileName(path);
            if (Directory.Exists($"{path}/device") && Describe(name, path) is { } disk)
            {
                disks[name] = disk;
            }
        }

        return disks;
    }

    /// <summary>Kernel name of the disk below a device number, through device-mapper and partitions; null when it is no disk.</summary>
    internal string? DiskOf(string device)
    {
        string path = $"{sys}/dev/block/{device}";
        for (int depth = 0; depth < 8 && Directory.Exists(path); depth++)
        {
            string real = Directory.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path;
            string[] slaves = Directory.Exists($"{real}/slaves") ? Directory.GetFileSystemEntries($"{real}/slaves") : [];
            if (slaves.Length == 0)
            {
                string owner = File.Exists($"{real}/partition") ? Path.GetDirectoryName(real)! : real;
                return Path.GetFileName(owner);
            }

            path = slaves.Order(StringComparer.Ordinal).First();
        }

        return null;
    }

    private Disk? Describe(string name, string path)
    {
        long size = Number($"{path}/size") * 512;
        if (size == 0)
        {
            return null;
        }

        string real = Directory.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path;
        string bus = real.Contains("/devices/", StringComparison.Ordinal) ? real[(real.IndexOf("/devices/", StringComparison.Ordinal) + 8)..] : "";
        int block = bus.IndexOf("/block/", StringComparison.Ordinal);
        string busPath = block < 0 ? bus : bus[..block];
        return new Disk
        {
            DevicePath = $"{dev}/{name}",
            Size = size,
            IoSize = (int)Math.Max(Number($"{path}/queue/optimal_io_size"), Number($"{path}/queue/minimum_io_size")),
            SectorSize = (int)Number($"{path}/queue/logical_block_size"),
            ReadOnly = Number($"{path}/ro") != 0,
            Cdrom = name.StartsWith("sr", StringComparison.Ordinal),
            Rotational = Number($"{path}/queue/rotational") != 0,
            Model = First($"{path}/device/model", $"{path}/device/name"),
            Serial = First($"{path}/serial", $"{path}/device/serial"),
            Modalias = First($"{path}/device/modalias"),
            Wwid = First($"{path}/wwid", $"{path}/device/wwid", $"{path}/device/cid"),
            Uuid = First($"{path}/uuid"),
            BusPath = busPath,
            Subsystem = "/sys/class/block",
            Transport = Transports.FirstOrDefault(t => busPath.Contains(t.Part, StringComparison.Ordinal)).Transport ?? "",
            Symlinks = [.. Links(name)],
        };
    }

    private IEnumerable<string> Links(string name)
    {
        string root = $"{dev}/disk";
        return !Directory.Exists(root)
            ? []
            : Directory.GetFiles(root, "*", SearchOption.AllDirectories)
                .Where(link => Path.GetFileName(new FileInfo(link).LinkTarget) == name)
                .Order(StringComparer.Ordinal);
    }

    private static long Number(string file) =>
        long.TryParse(First(file), NumberStyles.None, CultureInfo.InvariantCulture, out long value) ? value : 0;

    /// <summary>The first file that is there and not empty; drivers differ in where they put things.</summary>
    private static string First(params ReadOnlySpan<string> files)
    {
        foreach (string file in files)
        {
            if (File.Exists(file) && Read(file) is { Length: > 0 } text)
            {
                return text;
            }
        }

        return "";
    }

    private static string Read(string file)
    {
        try
        {
            return File.ReadAllText(file).Trim();
        }
        catch (IOException)
        {
            return ""; // Some attributes answer with an error while the device has no such value.
        }
    }
}
