using Talos.Linux;
using Talos.Ota.Slots;

namespace Talos.Ota.BootControl.Storage;

/// <summary>The partitions of the disk below the running root, found through sysfs: a second disk with the same labels is not mistaken for it.</summary>
/// <param name="rootDevice">Gives the device number of the root file system, <c>major:minor</c>.</param>
/// <param name="sys">Where sysfs is mounted.</param>
/// <param name="dev">Where the device nodes are.</param>
public sealed class SystemPartitions(Func<string> rootDevice, string sys = "/sys", string dev = "/dev") : ISlotPartitions
{
    /// <summary>The disk below <c>/</c>.</summary>
    public static SystemPartitions OfRoot() =>
        new(() => MountInfo.Find("/")?.Device ?? throw new SlotException("the root file system is not in /proc/self/mountinfo"));

    /// <summary>The slot whose root partition is mounted; null when the root is on none.</summary>
    public SlotId? RunningSlot() =>
        Uevent(RootPartition()).GetValueOrDefault("PARTNAME") is { } label && label.StartsWith("ROOT-", StringComparison.Ordinal)
            ? SlotIds.TryParse(label["ROOT-".Length..])
            : null;

    /// <summary>Device node of the disk.</summary>
    public string Disk => $"{dev}/{Path.GetFileName(DiskFolder())}";

    /// <summary>Device node of a partition.</summary>
    /// <exception cref="SlotException">The disk has none with this label.</exception>
    public string PathOf(string label) => $"{dev}/{Find(label)["DEVNAME"]}";

    /// <summary>Number of a partition, from 1.</summary>
    public int NumberOf(string label) => int.Parse(Find(label)["PARTN"], System.Globalization.CultureInfo.InvariantCulture);

    /// <inheritdoc/>
    public ISlotStorage Open(string label, bool writable) => Partition.Open(PathOf(label), writable);

    private Dictionary<string, string> Find(string label)
    {
        string disk = DiskFolder();
        return Directory.GetDirectories(disk)
            .Where(f => File.Exists($"{f}/partition"))
            .Select(Uevent)
            .FirstOrDefault(u => u.GetValueOrDefault("PARTNAME") == label)
            ?? throw new SlotException($"{dev}/{Path.GetFileName(disk)}: no partition with the label {label}");
    }

    private string DiskFolder() => Path.GetDirectoryName(RootPartition())!;

    // From the root's device-mapper device to the partition below it.
    private string RootPartition()
    {
        string folder = Real($"{sys}/dev/block/{rootDevice()}");
        while (Directory.Exists($"{folder}/slaves") && Directory.GetFileSystemEntries($"{folder}/slaves").FirstOrDefault() is { } below)
        {
            folder = Real(below);
        }

        return File.Exists($"{folder}/partition")
            ? folder
            : throw new SlotException($"the root file system is on {Path.GetFileName(folder)}, which is no partition");
    }

    private static string Real(string link) => Directory.ResolveLinkTarget(link, returnFinalTarget: true)?.FullName ?? link;

    private static Dictionary<string, string> Uevent(string folder) => File.ReadAllLines($"{folder}/uevent")
        .Select(l => l.Split('=', 2))
        .Where(p => p.Length == 2)
        .ToDictionary(p => p[0], p => p[1]);
}
