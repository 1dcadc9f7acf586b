using Talos.Hardware.Controllers;
using Talos.Hardware.Ports;
using Talos.Resources.Hardware;
using Talos.Resources.Runtime;
using Talos.Testing;

namespace Talos.Hardware.Tests;

public sealed class ControllerTests
{
    [Fact]
    public async Task The_device_daemon_is_wanted()
    {
        ControllerFixture node = new(new UdevdController());

        await node.SettleAsync();

        ServiceSpec spec = node.Find<ServiceSpec>("udevd")!.Spec;
        Assert.Equal("/usr/bin/udevd", spec.Executable);
        Assert.Equal((true, ServiceDeniedCalls.DeviceDaemon), (spec.Confined, spec.DeniedCalls));
        Assert.Equal(41 - 5, spec.DroppedCapabilities.Count);
    }

    [Fact]
    public async Task The_devices_are_ready_once_the_daemon_has_settled_and_stay_so()
    {
        bool settled = false;
        ControllerFixture node = new(new DevicesStatusController(() => settled));
        node.Given("udevd", new ServiceStatus { Running = true });
        await node.SettleAsync();
        Assert.False(node.Find<DevicesStatus>("devices")?.Spec.Ready);

        settled = true;
        node.Given("udevd", new ServiceStatus { Running = true, Healthy = true });
        await node.SettleAsync();
        settled = false;
        node.Given("udevd", new ServiceStatus());
        await node.SettleAsync();

        Assert.True(node.Find<DevicesStatus>("devices")?.Spec.Ready);
    }

    [Fact]
    public async Task A_board_without_SMBIOS_is_reported_by_its_device_tree()
    {
        ControllerFixture node = new(new BoardController(new FakeBoard()));

        await node.SettleAsync();

        Assert.Equal("Raspberry Pi 4 Model B", node.Find<SystemInformation>("systeminformation")?.Spec.ProductName);
        Assert.Equal(1, node.Find<Processor>("CPU-0")?.Spec.CoreCount);
        Assert.Empty(node.List<MemoryModule>());
    }

    private sealed class FakeBoard : IBoard
    {
        public byte[] SmbiosTables => [];

        public SystemInformation DeviceTree => new() { ProductName = "Raspberry Pi 4 Model B" };

        public string CpuInfo => "processor : 0\n";

        public IReadOnlyDictionary<string, PciDevice> PciDevices => new Dictionary<string, PciDevice>();
    }
}
