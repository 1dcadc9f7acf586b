using Talos.Machined.Controllers;
using Talos.Machined.Node;
using Talos.Resources.Kubernetes;
using Talos.Resources.Network;
using Talos.Resources.Runtime;
using Talos.Testing;

namespace Talos.Machined.Tests;

public sealed class MachineStatusControllerTests
{
    [Fact]
    public async Task A_node_is_ready_only_once_its_static_pods_are()
    {
        NodeStage stage = new();
        stage.Set(MachineStage.Running);
        ControllerFixture node = new(new MachineStatusController(stage));
        foreach (string service in (string[])["apid", "cri", "kubelet"])
        {
            node.Given(service, new ServiceStatus { Running = true, Healthy = true });
        }

        node.Given(NetworkStatus.Id, new NetworkStatus { AddressReady = true, ConnectivityReady = true, HostnameReady = true, EtcFilesReady = true });
        node.Given(Nodename.Id, new Nodename { Name = "edge-01" });
        node.Given("default-web", new StaticPod { Pod = new KubernetesObject("""{"metadata":{"name":"web"}}""") });

        await node.SettleAsync();
        MachineReadiness? before = node.Find<MachineStatus>(MachineStatus.Id)?.Spec.Status;
        node.Given("default/web-edge-01", new StaticPodStatus(
            new KubernetesObject("""{"phase":"Running","conditions":[{"type":"Ready","status":"True"}]}""")));
        await node.SettleAsync();

        Assert.Equal([new UnmetCondition("staticPods", "pod default/web is not there")], before?.UnmetConditions);
        Assert.True(node.Find<MachineStatus>(MachineStatus.Id)?.Spec.Status.Ready);
    }
}
