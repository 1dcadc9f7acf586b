using Talos.Block.Ports;
using Talos.Resources.Block;

namespace Talos.Block.Tests.Ports;

public sealed class SysfsDisksTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("talos-sysfs-").FullName;

    [Fact]
    public void A_disk_is_described_by_its_attributes_and_links()
    {
        const string device = "devices/platform/4010000000.pcie/pci0000:00/0000:00:01.0/virtio0/block/vda";
        Write($"{device}/size", "16777216");
        Write($"{device}/ro", "0");
        Write($"{device}/serial", "disk-7");
        Write($"{device}/queue/logical_block_size", "512");
        Write($"{device}/queue/minimum_io_size", "4096");
        Write($"{device}/queue/rotational", "1");
        Write($"{device}/device/modalias", "virtio:d00000002v00001AF4");
        Link("block/vda", $"../{device}");
        Write("devices/virtual/block/loop0/size", "8");
        Link("block/loop0", "../devices/virtual/block/loop0");
        Directory.CreateDirectory($"{_root}/dev/disk/by-id");
        Link("dev/disk/by-id/virtio-disk-7", "../../vda");

        KeyValuePair<string, Disk> found = Assert.Single(Sysfs().List());

        Assert.Equal(
            new Disk
            {
                DevicePath = $"{_root}/dev/vda",
                Size = 8L << 30,
                IoSize = 4096,
                SectorSize = 512,
                Rotational = true,
                Serial = "disk-7",
                Modalias = "virtio:d00000002v00001AF4",
                Transport = "virtio",
                Subsystem = "/sys/class/block",
                BusPath = "/platform/4010000000.pcie/pci0000:00/0000:00:01.0/virtio0",
                Symlinks = [$"{_root}/dev/disk/by-id/virtio-disk-7"],
            },
            found.Value);
    }

    [Fact]
    public void The_disk_below_a_verity_root_is_found_through_its_partition()
    {
        Write("devices/pci/virtio0/block/vda/vda2/partition", "2");
        Link("devices/virtual/block/dm-0/slaves/vda2", "../../../../pci/virtio0/block/vda/vda2");
        Link("dev/block/254:0", "../../devices/virtual/block/dm-0");

        Assert.Equal("vda", Sysfs().DiskOf("254:0"));
        Assert.Null(Sysfs().DiskOf("0:40"));
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private SysfsDisks Sysfs() => new(_root, $"{_root}/dev");

    private void Write(string path, string text)
    {
        string file = $"{_root}/{path}";
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text + "\n");
    }

    private void Link(string path, string target)
    {
        string file = $"{_root}/{path}";
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.CreateSymbolicLink(file, target);
    }
}
