using Microsoft.Extensions.Logging.Abstractions;
using Talos.Kubernetes.Controllers;
using Talos.Kubernetes.Ports;
using Talos.Resources.Config;
using Talos.Resources.Cri;
using Talos.Resources.Kubernetes;
using Talos.Resources.Network;
using Talos.Resources.Runtime;
using Talos.Testing;

namespace Talos.Kubernetes.Tests.Controllers;

public sealed class KubeletControllerTests
{
    private readonly FakeNodeFiles _files = new();
    private readonly FakeKubelet _kubelet = new();
    private readonly ManualTime _time = new();

    [Fact]
    public async Task The_node_is_called_like_its_host()
    {
        ControllerFixture node = new(new NodenameController());
        node.Given(MachineConfig.ActiveId, TestConfig.With());
        node.Given(HostnameSpec.Id, new HostnameStatus { Hostname = "Edge-01" });

        await node.SettleAsync();

        Assert.Equal("edge-01", node.Find<Nodename>(Nodename.Id)?.Spec.Name);
    }

    [Fact]
    public async Task The_kubelet_is_specified_for_its_version_and_name()
    {
        ControllerFixture node = GivenSpecController();

        await node.SettleAsync();

        KubeletSpec spec = Assert.IsType<KubeletSpec>(node.Find<KubeletSpec>(KubeletSpec.Id)?.Spec);
        Assert.Equal("1.20.2", spec.Version);
        Assert.Contains("--hostname-override=edge-01", spec.Args);
        Assert.Equal("1.20.2", node.Find<KubeletStatus>(KubeletStatus.Id)?.Spec.Version);
    }

    [Fact]
    public async Task Settings_that_this_kubelet_does_not_take_are_told_in_its_status()
    {
        ControllerFixture node = GivenSpecController();
        node.Given(MachineConfig.ActiveId, TestConfig.With("""
              kubelet:
                extraArgs: { seccomp-default: "true", v: "4" }
                extraConfig: { userNamespaces: { idsPerPod: 65536 }, maxPods: 20 }
            """));

        await node.SettleAsync();

        Assert.Equal(
            [
                "extraConfig.userNamespaces left out: kubelet 1.20.2 has no such field; 1.33 and later have it",
                "extraArgs.seccomp-default left out: kubelet 1.20.2 has no such flag; 1.31 and later have it",
            ],
            node.Find<KubeletStatus>(KubeletStatus.Id)?.Spec.Warnings);
        Assert.Equal("--v=4", node.Find<KubeletSpec>(KubeletSpec.Id)?.Spec.Args[^1]);
    }

    [Fact]
    public async Task A_root_without_kubelet_says_so()
    {
        _kubelet.Version = null;
        ControllerFixture node = GivenSpecController();

        await node.SettleAsync();

        Assert.Empty(node.List<KubeletSpec>());
        Assert.Contains("no /usr/bin/kubelet", node.Find<KubeletStatus>(KubeletStatus.Id)?.Spec.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_kubelet_waits_for_the_preloaded_images()
    {
        ControllerFixture node = GivenServiceController();

        await node.SettleAsync();
        Assert.Empty(node.List<ServiceSpec>());
        node.Given(ImagePreloadStatus.Id, new ImagePreloadStatus { Finished = true, FailedArchives = 1 });
        await node.SettleAsync();

        Assert.Equal(["cri"], Assert.IsType<ServiceSpec>(node.Find<ServiceSpec>("kubelet")?.Spec).DependsOn);
        Assert.True(_files.Written.ContainsKey(KubernetesPaths.Configuration));
        Assert.Contains("BEGIN CERTIFICATE", _files.Written[KubernetesPaths.Authority], StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_kubelet_waits_until_its_folder_can_be_written()
    {
        _files.Mounted.Clear();
        ControllerFixture node = GivenServiceController();
        node.Given(ImagePreloadStatus.Id, new ImagePreloadStatus { Finished = true });

        await node.SettleAsync();

        Assert.Empty(_files.Written);
        Assert.NotNull(node.RequeueDelay);
    }

    [Fact]
    public async Task Another_configuration_is_another_revision()
    {
        ControllerFixture node = GivenServiceController();
        node.Given(ImagePreloadStatus.Id, new ImagePreloadStatus { Finished = true });
        await node.SettleAsync();
        string? before = node.Find<ServiceSpec>("kubelet")?.Spec.Revision;
        await node.SettleAsync();
        Assert.Equal(before, node.Find<ServiceSpec>("kubelet")?.Spec.Revision);

        node.Given(KubeletSpec.Id, Spec("{\"maxPods\":5}"));
        await node.SettleAsync();

        Assert.NotEqual(before, node.Find<ServiceSpec>("kubelet")?.Spec.Revision);
    }

    [Fact]
    public void Certificates_are_made_again_when_the_clock_was_wrong()
    {
        KubeletIdentity identity = new(_time);
        identity.Ensure("edge-01");
        string before = identity.AuthorityPem;
        identity.Ensure("edge-01");
        Assert.Equal(before, identity.AuthorityPem);

        _time.Advance(TimeSpan.FromDays(366 * 10));
        identity.Ensure("edge-01");

        Assert.NotEqual(before, identity.AuthorityPem);
    }

    [Fact]
    public async Task Statuses_follow_the_kubelet_and_stay_while_it_is_away()
    {
        ControllerFixture node = new(new StaticPodStatusController(_kubelet));
        node.Given("kubelet", new ServiceStatus { Running = true, Healthy = true });
        _kubelet.Pods = """
            {"items":[{"metadata":{"name":"web-edge-01","namespace":"default","annotations":{"kubernetes.io/config.source":"file"}},"status":{"phase":"Running"}}]}
            """;

        await node.SettleAsync();
        Assert.Equal("{\"phase\":\"Running\"}", node.Find<StaticPodStatus>("default/web-edge-01")?.Spec.Status.Json);
        _kubelet.Pods = null;
        await node.SettleAsync();
        Assert.Single(node.List<StaticPodStatus>());
        _kubelet.Pods = """{"items":[]}""";
        await node.SettleAsync();

        Assert.Empty(node.List<StaticPodStatus>());
    }

    private static KubeletSpec Spec(string config) => new()
    {
        Version = "1.20.2",
        Args = ["--config=x"],
        ExpectedNodename = "edge-01",
        ManifestsDirectory = KubernetesPaths.Manifests,
        Config = new KubernetesObject(config),
    };

    private ControllerFixture GivenSpecController()
    {
        ControllerFixture node = new(new KubeletSpecController(_kubelet, _files, NullLogger<KubeletSpecController>.Instance));
        node.Given(MachineConfig.ActiveId, TestConfig.With());
        node.Given(Nodename.Id, new Nodename { Name = "edge-01" });
        return node;
    }

    private ControllerFixture GivenServiceController()
    {
        ControllerFixture node = new(new KubeletServiceController(_files, new KubeletIdentity(_time)));
        node.Given(KubeletSpec.Id, Spec("{}"));
        return node;
    }
}
