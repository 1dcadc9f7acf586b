using Talos.Block.Rules;
using Talos.Disks.Gpt;
using Talos.Disks.Probing;
using Talos.Linux;
using Talos.Resources.Block;

namespace Talos.Block.Ports;

/// <summary>Disks by sysfs and their device nodes.</summary>
internal sealed class LinuxDisks : IDisks
{
    private readonly SysfsDisks _sysfs = new("/sys", "/dev");

    public IReadOnlyDictionary<string, Disk> List() => _sysfs.List();

    public string? FindSystemDisk() => MountInfo.Find("/") is { } root ? _sysfs.DiskOf(root.Device) : null;

    public IOpenDisk Open(string disk) => new OpenDisk(disk);

    public IReadOnlyDictionary<string, DiscoveredVolume> Discover(IEnumerable<string> disks)
    {
        Dictionary<string, DiscoveredVolume> found = [];
        foreach (string disk in disks)
        {
            try
            {
                DiscoverDisk(disk, found);
            }
            catch (LinuxException e) when (e.Error is Errno.ENOENT or Errno.ENXIO or Errno.ENOMEDIUM or Errno.ENODEV)
            {
                // The disk went away, or its drive is empty; an event brings us back when that changes.
            }
        }

        return found;
    }

    private void DiscoverDisk(string disk, Dictionary<string, DiscoveredVolume> found)
    {
        using BlockDevice device = BlockDevice.Open($"/dev/{disk}");
        using BlockStream stream = new(device);
        int sectorSize = device.SectorSize();
        GptTable? table = GptReader.TryRead(stream, sectorSize)?.Table;
        found[disk] = Describe(disk, "disk", stream.Length, sectorSize, FileSystemProbe.Probe(stream));

        foreach (GptPartition partition in table?.Partitions ?? [])
        {
            string name = ProvisionRules.PartitionName(disk, partition.Number);
            if (!_sysfs.Exists(name))
            {
                continue;
            }

            using BlockDevice part = BlockDevice.Open($"/dev/{name}");
            using BlockStream content = new(part);
            found[name] = Describe(name, "partition", content.Length, sectorSize, FileSystemProbe.Probe(content)) with
            {
                Parent = disk,
                PartitionLabel = partition.Label,
                PartitionUuid = partition.Id.ToString("D"),
                PartitionType = partition.Type.ToString("D"),
                PartitionIndex = partition.Number,
            };
        }
    }

    private static DiscoveredVolume Describe(string name, string type, long size, int sectorSize, ProbeResult? content) => new()
    {
        DevicePath = $"/dev/{name}",
        Type = type,
        Size = size,
        SectorSize = sectorSize,
        Name = content?.Type ?? "",
        Label = content?.Label ?? "",
        Uuid = content?.Uuid ?? "",
        FilesystemBlockSize = content?.BlockSize ?? 0,
        ProbedSize = content?.Size ?? 0,
    };
}
