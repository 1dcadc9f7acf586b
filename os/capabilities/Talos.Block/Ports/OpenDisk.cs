using System.Globalization;
using Talos.Block.Rules;
using Talos.Disks;
using Talos.Disks.Gpt;
using Talos.Linux;

namespace Talos.Block.Ports;

/// <summary>A disk through its whole-disk device node.</summary>
internal sealed class OpenDisk(string name) : IOpenDisk
{
    private const int SysfsSector = 512;

    private readonly BlockDevice _device = BlockDevice.Open($"/dev/{name}", writable: true);

    public string Path => _device.Path;

    public GptReadResult? ReadTable()
    {
        using BlockStream stream = new(_device);
        return GptReader.TryRead(stream, _device.SectorSize());
    }

    public byte[] ReadFirstSector()
    {
        byte[] sector = new byte[_device.SectorSize()];
        RandomAccess.Read(_device.Handle, sector, 0);
        return sector;
    }

    public void Apply(IReadOnlyList<DiskWrite> plan)
    {
        foreach (DiskWrite write in plan)
        {
            RandomAccess.Write(_device.Handle, write.Data.Span, write.Offset);
            _device.Sync();
        }
    }

    public string Attach(GptTable table, GptPartition partition)
    {
        string partitionName = ProvisionRules.PartitionName(name, partition.Number);
        string folder = $"/sys/class/block/{partitionName}";
        long start = partition.FirstSector * table.SectorSize;
        long length = ProvisionRules.Size(table, partition);

        if (!Directory.Exists(folder))
        {
            _device.AddPartition(partition.Number, start, length);
        }
        else if (ReadNumber(folder, "start") * SysfsSector != start)
        {
            throw new VolumeException($"{Path}: the kernel has partition {partition.Number} at another place than the table; reboot to read the table anew");
        }
        else if (ReadNumber(folder, "size") * SysfsSector != length)
        {
            _device.ResizePartition(partition.Number, start, length);
        }

        return $"/dev/{partitionName}";
    }

    public void Announce(GptPartition partition) =>
        File.WriteAllText($"/sys/class/block/{ProvisionRules.PartitionName(name, partition.Number)}/uevent", "change");

    public void Dispose() => _device.Dispose();

    private static long ReadNumber(string folder, string file) =>
        long.Parse(File.ReadAllText($"{folder}/{file}").AsSpan().Trim(), CultureInfo.InvariantCulture);
}
