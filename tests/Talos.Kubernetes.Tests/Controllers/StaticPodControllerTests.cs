using Microsoft.Extensions.Logging.Abstractions;
using Talos.Kubernetes.Controllers;
using Talos.Resources.Config;
using Talos.Resources.Kubernetes;
using Talos.Testing;

namespace Talos.Kubernetes.Tests.Controllers;

public sealed class StaticPodControllerTests
{
    private const string TwoPods = """
          pods:
            - apiVersion: v1
              kind: Pod
              metadata: {name: web, namespace: kiosk}
              spec: {containers: [{name: web, image: "localhost/web:1"}]}
            - apiVersion: v1
              kind: Pod
              metadata: {name: other}
              spec: {containers: [{name: other, image: "localhost/other:1"}]}
        """;

    private readonly FakeNodeFiles _files = new();

    [Fact]
    public async Task Pods_of_the_machine_config_become_resources()
    {
        ControllerFixture node = new(new StaticPodController(NullLogger<StaticPodController>.Instance));
        node.Given(MachineConfig.ActiveId, TestConfig.With(TwoPods));

        await node.SettleAsync();
        Assert.Equal(["default-other", "kiosk-web"], node.List<StaticPod>().Select(p => p.Id));
        node.Given(MachineConfig.ActiveId, TestConfig.With());
        await node.SettleAsync();

        Assert.Empty(node.List<StaticPod>());
    }

    [Fact]
    public async Task Manifests_are_ours_alone_and_files_of_the_user_stay()
    {
        ControllerFixture node = new(new StaticPodFilesController(_files));
        node.Given(KubeletSpec.Id, new KubeletSpec
        {
            Version = "1.20.2",
            Args = [],
            ExpectedNodename = "n",
            ManifestsDirectory = KubernetesPaths.Manifests,
            Config = new KubernetesObject("{}"),
        });
        node.Given("kiosk-web", new StaticPod { Pod = new KubernetesObject("{\"kind\":\"Pod\"}") });
        _files.Written[$"{KubernetesPaths.Manifests}/own.yaml"] = "mine";
        _files.Written[$"{KubernetesPaths.Manifests}/talos-default-gone.yaml"] = "old";

        await node.SettleAsync();

        Assert.Equal(
            [$"{KubernetesPaths.Manifests}/own.yaml", $"{KubernetesPaths.Manifests}/talos-kiosk-web.yaml"],
            _files.Written.Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task The_network_of_the_pods_is_written_once_its_folder_can_be()
    {
        ControllerFixture node = new(new PodNetworkController(_files));
        node.Given(MachineConfig.ActiveId, TestConfig.With());
        _files.Mounted.Clear();

        await node.SettleAsync();
        Assert.Empty(_files.Written);
        _files.Mounted.Add(KubernetesPaths.NetworkFolder);
        await node.SettleAsync();

        Assert.Contains("\"bridge\":\"cni0\"", _files.Written[KubernetesPaths.NetworkConfiguration], StringComparison.Ordinal);
    }
}
