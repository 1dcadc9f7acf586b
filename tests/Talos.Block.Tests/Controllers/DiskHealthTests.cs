using Microsoft.Extensions.Logging.Abstractions;
using Talos.Block.Controllers;
using Talos.Block.Ports;
using Talos.Disks.Health;
using Talos.Resources.Block;
using Talos.Testing;

namespace Talos.Block.Tests.Controllers;

public sealed class DiskHealthTests
{
    private readonly JumpingTimeProvider _time = new() { Restless = true };
    private readonly Nvme _nvme = new();
    private readonly ControllerFixture _node;

    public DiskHealthTests()
    {
        _node = new ControllerFixture(new DiskHealthController(_nvme, _time, NullLogger<DiskHealthController>.Instance));
        _node.Given("nvme0n1", new Disk { DevicePath = "/dev/nvme0n1", Size = 1, Transport = "nvme" });
        _node.Given("vda", new Disk { DevicePath = "/dev/vda", Size = 1, Transport = "virtio" });
    }

    [Fact]
    public async Task An_NVMe_disk_tells_its_wear_and_its_warnings_in_words()
    {
        _nvme.Log = _nvme.Log with { Warnings = NvmeWarnings.Spare | NvmeWarnings.ReadOnly, UsedPercent = 104 };

        await _node.SettleAsync();

        DiskHealth health = Assert.Single(_node.List<DiskHealth>()).Spec;
        Assert.Equal(["spare", "read-only"], health.Warnings);
        Assert.Equal((104, 100, 50), (health.UsedPercent, health.SparePercent, health.TemperatureCelsius));
    }

    [Fact]
    public async Task A_disk_is_asked_once_an_hour_however_often_disks_change()
    {
        await _node.SettleAsync();
        for (int i = 0; i < 5; i++)
        {
            _node.Given("vda", new Disk { DevicePath = "/dev/vda", Size = 2 + i, Transport = "virtio" });
            await _node.SettleAsync();
        }

        Assert.Equal(1, _nvme.Asked);

        _time.Advance(DiskHealthController.Interval);
        _nvme.Log = _nvme.Log with { UsedPercent = 5 };
        await _node.SettleAsync();

        Assert.Equal((2, 5), (_nvme.Asked, _node.Find<DiskHealth>("nvme0n1")?.Spec.UsedPercent));
    }

    [Fact]
    public async Task Nothing_is_told_of_a_disk_that_does_not_answer_or_is_gone()
    {
        await _node.SettleAsync();
        _nvme.Failure = "the controller refused";
        _time.Advance(DiskHealthController.Interval);
        await _node.SettleAsync();
        Assert.Empty(_node.List<DiskHealth>());

        _nvme.Failure = null;
        _time.Advance(DiskHealthController.Interval);
        await _node.SettleAsync();
        Assert.Single(_node.List<DiskHealth>());

        _node.Gone<Disk>("nvme0n1");
        await _node.SettleAsync();
        Assert.Empty(_node.List<DiskHealth>());
    }

    private sealed class Nvme : INvmeDisks
    {
        public NvmeHealthLog Log { get; set; } = new()
        {
            Warnings = NvmeWarnings.None,
            TemperatureCelsius = 50,
            SparePercent = 100,
            SpareThresholdPercent = 10,
            UsedPercent = 1,
            ReadBytes = 1,
            WrittenBytes = 1,
            PowerCycles = 1,
            PowerOnHours = 1,
            UnsafeShutdowns = 1,
            MediaErrors = 0,
        };

        public string? Failure { get; set; }

        public int Asked { get; private set; }

        public NvmeHealthLog ReadHealth(string disk)
        {
            Asked++;
            return Failure is null ? Log : throw new IOException(Failure);
        }
    }
}
