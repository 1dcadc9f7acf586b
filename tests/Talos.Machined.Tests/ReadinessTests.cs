using Talos.Machined.Controllers;
using Talos.Resources.Network;
using Talos.Resources.Runtime;

namespace Talos.Machined.Tests;

public sealed class ReadinessTests
{
    private static readonly ServiceStatus Up = new() { Running = true, Healthy = true };

    private static readonly NetworkStatus Online = new() { AddressReady = true, ConnectivityReady = true, HostnameReady = true, EtcFilesReady = true };

    [Fact]
    public void A_running_node_is_ready_when_all_its_services_are_healthy()
    {
        Dictionary<string, ServiceStatus> services = new() { ["apid"] = Up, ["cri"] = Up, ["kubelet"] = Up };

        Assert.Empty(Readiness.Unmet(MachineStage.Running, null, [], services, Online, []));
    }

    [Fact]
    public void A_running_node_waits_for_its_network()
    {
        Dictionary<string, ServiceStatus> services = new() { ["apid"] = Up, ["cri"] = Up, ["kubelet"] = Up };

        UnmetCondition unmet = Assert.Single(Readiness.Unmet(MachineStage.Running, null, [], services, Online with { AddressReady = false }, []));

        Assert.Equal(new UnmetCondition("network", "waiting on: address"), unmet);
    }

    [Fact]
    public void What_is_missing_is_said_by_name()
    {
        Dictionary<string, ServiceStatus> services = new()
        {
            ["apid"] = Up,
            ["kubelet"] = new() { Running = true },
            ["trustd"] = new() { Running = true, Unknown = true },
        };

        UnmetCondition unmet = Assert.Single(Readiness.Unmet(MachineStage.Running, null, ["trustd"], services, Online, []));

        Assert.Equal(new UnmetCondition("services", "cri not running, kubelet not healthy, trustd not checked yet"), unmet);
    }

    [Fact]
    public void A_running_node_waits_for_its_static_pods()
    {
        Dictionary<string, ServiceStatus> services = new() { ["apid"] = Up, ["cri"] = Up, ["kubelet"] = Up };

        UnmetCondition unmet = Assert.Single(Readiness.Unmet(MachineStage.Running, null, [], services, Online, ["pod default/web is not there"]));

        Assert.Equal(new UnmetCondition("staticPods", "pod default/web is not there"), unmet);
    }

    [Fact]
    public void A_node_on_its_way_down_does_not_wait_for_pods() =>
        Assert.Empty(Readiness.Unmet(MachineStage.Rebooting, null, [], new Dictionary<string, ServiceStatus>(), null, ["pod default/web is not there"]));

    [Fact]
    public void A_node_in_maintenance_is_ready_without_a_kubelet() =>
        Assert.Empty(Readiness.Unmet(MachineStage.Maintenance, null, [], new Dictionary<string, ServiceStatus>(), null, []));

    [Fact]
    public void A_failed_boot_is_a_reason() =>
        Assert.Equal(
            [new UnmetCondition("boot", "no disk")],
            Readiness.Unmet(MachineStage.Booting, "no disk", [], new Dictionary<string, ServiceStatus>(), null, []));
}
