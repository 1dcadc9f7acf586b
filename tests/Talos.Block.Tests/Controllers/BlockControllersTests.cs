using Microsoft.Extensions.Logging.Abstractions;
using Talos.Block.Api;
using Talos.Block.Controllers;
using Talos.Block.Ports;
using Talos.Block.Tests.Volumes;
using Talos.Block.Volumes;
using Talos.Resources.Block;
using Talos.Testing;
using ApiDisk = Talos.Api.Storage.Disk;

namespace Talos.Block.Tests.Controllers;

public sealed class BlockControllersTests
{
    private readonly FakeNode _kernel = new(new FakeDisk(1 << 30));
    private readonly MetaStore _meta;
    private readonly VolumeManager _volumes;

    public BlockControllersTests()
    {
        _meta = new MetaStore(_kernel, _kernel, Guid.NewGuid, NullLogger<MetaStore>.Instance);
        _volumes = new VolumeManager(_kernel, _kernel, _meta, VolumeDefinition.All, new ManualTime(), NullLogger<VolumeManager>.Instance);
    }

    [Fact]
    public async Task Disks_and_the_system_disk_are_reported()
    {
        ControllerFixture node = new(new DisksController(_kernel, new NoEvents()));

        await node.SettleAsync();

        Assert.Equal(["vda", "vdb"], node.List<Disk>().Select(d => d.Id));
        Assert.Equal(new SystemDisk { DiskId = "vda", DevPath = "/dev/vda" }, node.Find<SystemDisk>("system-disk")?.Spec);
    }

    [Fact]
    public async Task Contents_are_reported_for_the_disks_there_are()
    {
        ControllerFixture node = new(new DiscoveryController(_kernel, _volumes, new ManualTime()));
        node.Given("vda", new Disk { DevicePath = "/dev/vda", Size = 1 });
        await node.SettleAsync();
        Assert.Equal("META", node.Find<DiscoveredVolume>("vda2")?.Spec.PartitionLabel);

        node.Gone<Disk>("vda");
        await node.SettleAsync();

        Assert.Empty(node.List<DiscoveredVolume>());
    }

    [Fact]
    public async Task Volumes_wait_until_they_are_mounted()
    {
        ControllerFixture node = new(new VolumesController(_volumes, _kernel, new ManualTime()));
        await node.SettleAsync();
        Assert.Equal(VolumePhase.Waiting, node.Find<VolumeStatus>("EPHEMERAL")?.Spec.Phase);
        Assert.Null(node.Find<MountStatus>("EPHEMERAL"));

        await _volumes.MountAsync("EPHEMERAL", TestContext.Current.CancellationToken);
        await node.SettleAsync();

        VolumeStatus? status = node.Find<VolumeStatus>("EPHEMERAL")?.Spec;
        Assert.Equal((VolumePhase.Ready, "/dev/vda4", "957 MB", "xfs"), (status?.Phase, status?.Location, status?.PrettySize, status?.Filesystem));
        Assert.Equal(("/dev/vda4", "/var", "EPHEMERAL"), node.Find<MountStatus>("EPHEMERAL")?.Spec is { } m ? (m.Source, m.Target, m.Spec.VolumeId) : default);
        Assert.Equal("/var", node.Find<VolumeConfig>("EPHEMERAL")?.Spec.TargetPath);
    }

    [Fact]
    public async Task Meta_is_a_volume_once_it_was_discovered()
    {
        ControllerFixture node = new(new VolumesController(_volumes, _kernel, new ManualTime()));
        node.Given(SystemDisk.Id, new SystemDisk { DiskId = "vda", DevPath = "/dev/vda" });
        node.Given("vda2", new DiscoveredVolume { DevicePath = "/dev/vda2", Type = "partition", Size = 1 << 20, Parent = "vda", PartitionLabel = "META" });
        node.Given("vdb2", new DiscoveredVolume { DevicePath = "/dev/vdb2", Type = "partition", Size = 1 << 20, Parent = "vdb", PartitionLabel = "META" });

        await node.SettleAsync();

        Assert.Equal((VolumePhase.Ready, "/dev/vda2"), node.Find<VolumeStatus>("META")?.Spec is { } s ? (s.Phase, s.Location) : default);
    }

    [Fact]
    public async Task Values_of_META_are_resources_by_tag()
    {
        ControllerFixture node = new(new MetaKeysController(_meta, new ManualTime()));
        _meta.Write(10, "x: y"u8);
        _meta.Write(12, "one"u8);
        await node.SettleAsync();
        Assert.Equal("x: y", node.Find<MetaKey>("0x0a")?.Spec.Value);

        _meta.Delete(10);
        await node.SettleAsync();

        Assert.Equal(["0x0c"], node.List<MetaKey>().Select(k => k.Id));
    }

    [Theory]
    [InlineData("nvme", false, ApiDisk.Types.DiskType.Nvme)]
    [InlineData("mmc", false, ApiDisk.Types.DiskType.Sd)]
    [InlineData("ata", true, ApiDisk.Types.DiskType.Hdd)]
    [InlineData("virtio", false, ApiDisk.Types.DiskType.Ssd)]
    public void A_disk_is_told_in_the_words_of_the_api(string transport, bool rotational, ApiDisk.Types.DiskType type)
    {
        ApiDisk disk = StorageApi.Translate("sda", new Disk { DevicePath = "/dev/sda", Size = 5, Transport = transport, Rotational = rotational, Model = "m" }, isSystemDisk: true);

        Assert.Equal(("/dev/sda", 5UL, "m", type, true), (disk.DeviceName, disk.Size, disk.Model, disk.Type, disk.SystemDisk));
    }

    [Theory]
    [InlineData(0, "0 B")]
    [InlineData(512, "512 B")]
    [InlineData(1_048_576, "1.0 MB")]
    [InlineData(104_857_600, "105 MB")]
    [InlineData(8_589_934_592, "8.6 GB")]
    [InlineData(999_999, "1.0 MB")]
    [InlineData(9_960_000, "10 MB")]
    public void A_size_is_written_for_people(long bytes, string text) => Assert.Equal(text, ByteSize.Format(bytes));

    private sealed class NoEvents : IBlockEvents
    {
        public Task WatchAsync(Action happened, CancellationToken ct) => Task.CompletedTask;
    }
}
