using Talos.Udevd.Devices;

namespace Talos.Udevd.Tests;

public sealed class DiskLinksTests
{
    private static readonly PathComponent[] VirtPath =
    [
        new("platform", "4010000000.pcie"), new("", "pci0000:00"), new("pci", "0000:00:02.0"), new("virtio", "virtio1"), new("", "block"), new("block", "vda"),
    ];

    [Fact]
    public void A_partition_is_named_by_disk_place_label_and_ids()
    {
        DiskFacts disk = new()
        {
            Name = "vda2",
            Partition = 2,
            Path = VirtPath,
            Bus = "virtio",
            Serial = "root disk",
            PartitionLabel = "ROOT-A",
            PartitionUuid = "c12a7328-f81f-11d2-ba4b-00a0c93ec93b",
            Label = "my data",
            Uuid = "1234-ABCD",
            Sequence = 9,
        };

        Assert.Equal(
            [
                "disk/by-id/virtio-root_disk-part2",
                "disk/by-path/platform-4010000000.pcie-pci-0000:00:02.0-part2",
                "disk/by-uuid/1234-ABCD",
                "disk/by-label/my\\x20data",
                "disk/by-partuuid/c12a7328-f81f-11d2-ba4b-00a0c93ec93b",
                "disk/by-partlabel/ROOT-A",
                "disk/by-diskseq/9-part2",
            ],
            DiskLinks.Of(disk));
    }

    [Fact]
    public void A_mapped_device_has_its_name()
    {
        DiskFacts disk = new() { Name = "dm-0", MapperName = "root", MapperUuid = "CRYPT-VERITY-1" };

        Assert.Equal(["disk/by-id/dm-name-root", "disk/by-id/dm-uuid-CRYPT-VERITY-1", "mapper/root"], DiskLinks.Of(disk));
    }

    [Theory]
    [InlineData("../../etc/passwd", "..\\x2f..\\x2fetc\\x2fpasswd")]
    [InlineData("..", null)]
    [InlineData("a\nb", "a\\x0ab")]
    public void A_label_cannot_leave_its_folder(string label, string? name) =>
        Assert.Equal(name is null ? [] : [$"disk/by-label/{name}"], DiskLinks.Of(new DiskFacts { Name = "sda", Label = label }));

    [Fact]
    public void NVMe_and_SATA_disks_are_named_by_their_place()
    {
        Assert.Equal(
            "pci-0000:01:00.0-nvme-1",
            DevicePath.Of([new("", "pci0000:00"), new("pci", "0000:00:1c.0"), new("pci", "0000:01:00.0"), new("nvme", "nvme0"), new("block", "nvme0n1")]));
        Assert.Equal(
            "pci-0000:00:1f.2-ata-1",
            DevicePath.Of([new("pci", "0000:00:1f.2"), new("", "ata1"), new("scsi", "host0"), new("scsi", "target0:0:0"), new("scsi", "0:0:0:0"), new("block", "sda")]));
    }

    [Fact]
    public void A_link_that_two_want_stays_and_goes_to_the_other_when_the_first_leaves()
    {
        LinkClaims claims = new();

        Assert.Equal("vdb", claims.Set("vdb", ["disk/by-label/data"])["disk/by-label/data"]);
        Assert.Empty(claims.Set("vda", ["disk/by-label/data"]));
        Assert.Equal("vda", claims.Remove("vdb")["disk/by-label/data"]);
        Assert.Null(claims.Remove("vda")["disk/by-label/data"]);
        Assert.Empty(claims.Remove("vda"));
    }

    [Theory]
    [InlineData("block", "vda1", 0b110_110_000u)]
    [InlineData("tty", "ttyAMA0", 0b110_110_000u)]
    [InlineData("tty", "tty1", 0b110_010_000u)]
    [InlineData("misc", "net/tun", 0b110_110_110u)]
    [InlineData("misc", "unknown", null)]
    public void Permissions_come_from_the_table(string subsystem, string name, uint? mode) =>
        Assert.Equal(mode, NodeRules.For(subsystem, name)?.Mode);
}
