using Talos.Disks;
using Talos.Disks.Gpt;
using Talos.Resources.Block;

namespace Talos.Block.Ports;

/// <summary>The disks of this machine.</summary>
internal interface IDisks
{
    /// <summary>All disks, by kernel name.</summary>
    IReadOnlyDictionary<string, Disk> List();

    /// <summary>Kernel name of the disk the root is on; null when the root is on none.</summary>
    string? FindSystemDisk();

    /// <summary>Opens a disk to change its table; other partitions may be in use.</summary>
    IOpenDisk Open(string disk);

    /// <summary>All disks and partitions with what they hold.</summary>
    IReadOnlyDictionary<string, DiscoveredVolume> Discover(IEnumerable<string> disks);
}

/// <summary>An open disk.</summary>
internal interface IOpenDisk : IDisposable
{
    /// <summary>Device node.</summary>
    string Path { get; }

    /// <summary>Reads the partition table; null when there is none.</summary>
    GptReadResult? ReadTable();

    /// <summary>Carries out writes in order, each on the medium before the next.</summary>
    void Apply(IReadOnlyList<DiskWrite> plan);

    /// <summary>Sector 0.</summary>
    byte[] ReadFirstSector();

    /// <summary>Sees to it that the kernel knows the partition with this range.</summary>
    /// <returns>Its device node.</returns>
    string Attach(GptTable table, GptPartition partition);

    /// <summary>Lets the device daemon look at a partition again: its label or content is new.</summary>
    void Announce(GptPartition partition);
}
