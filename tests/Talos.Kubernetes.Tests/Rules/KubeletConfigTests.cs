using System.Net;
using System.Text.Json;
using Talos.Kubernetes.Rules;

namespace Talos.Kubernetes.Tests.Rules;

public sealed class KubeletConfigTests
{
    [Theory]
    [InlineData("Kubernetes v1.20.2\n", 1, 20, "1.20.2")]
    [InlineData("v1.36.0-rc.1", 1, 36, "1.36.0-rc.1")]
    [InlineData("1.31.4", 1, 31, "1.31.4")]
    public void Versions_are_read_as_kubelets_write_them(string text, int major, int minor, string clean) =>
        Assert.Equal(new KubeletVersion(major, minor, clean), KubeletVersion.TryParse(text));

    [Theory]
    [InlineData("")]
    [InlineData("kubelet: not found")]
    [InlineData("v1.20")]
    [InlineData("v1.99999999999.1")]
    public void What_is_no_version_is_none(string text) => Assert.Null(KubeletVersion.TryParse(text));

    [Fact]
    public void An_old_kubelet_learns_the_runtime_from_its_arguments()
    {
        KubeletSettings settings = Settings("1.20.2");

        Assert.Contains("--container-runtime=remote", KubeletConfig.Arguments(settings));
        Assert.Contains("--container-runtime-endpoint=unix:///run/containerd/containerd.sock", KubeletConfig.Arguments(settings));
        Assert.False(Render(settings).TryGetProperty("containerRuntimeEndpoint", out _));
    }

    [Fact]
    public void A_new_kubelet_learns_the_runtime_from_its_configuration()
    {
        KubeletSettings settings = Settings("1.34.1");

        Assert.DoesNotContain(KubeletConfig.Arguments(settings), a => a.StartsWith("--container-runtime", StringComparison.Ordinal));
        Assert.Equal("unix:///run/containerd/containerd.sock", Render(settings).GetProperty("containerRuntimeEndpoint").GetString());
    }

    [Fact]
    public void Between_them_only_the_address_is_an_argument()
    {
        IReadOnlyList<string> arguments = KubeletConfig.Arguments(Settings("1.25.0"));

        Assert.DoesNotContain("--container-runtime=remote", arguments);
        Assert.Contains("--container-runtime-endpoint=unix:///run/containerd/containerd.sock", arguments);
    }

    [Fact]
    public void Nobody_gets_in_without_a_certificate()
    {
        JsonElement config = Render(Settings("1.20.2"));

        Assert.False(config.GetProperty("authentication").GetProperty("anonymous").GetProperty("enabled").GetBoolean());
        Assert.Equal(0, config.GetProperty("readOnlyPort").GetInt32());
        Assert.Equal("/system/secrets/kubelet/ca.crt", config.GetProperty("authentication").GetProperty("x509").GetProperty("clientCAFile").GetString());
    }

    [Fact]
    public void Fields_of_the_machine_config_lie_over_ours_but_for_the_protected_ones()
    {
        KubeletSettings settings = Settings("1.20.2") with
        {
            ExtraConfigJson = """{"maxPods":20,"evictionHard":{"memory.available":"64Mi"},"readOnlyPort":10255,"authentication":{"anonymous":{"enabled":true}}}""",
        };

        JsonElement config = Render(settings);

        Assert.Equal(20, config.GetProperty("maxPods").GetInt32());
        Assert.Equal("64Mi", config.GetProperty("evictionHard").GetProperty("memory.available").GetString());
        Assert.Equal("5%", config.GetProperty("evictionHard").GetProperty("nodefs.available").GetString());
        Assert.Equal(0, config.GetProperty("readOnlyPort").GetInt32());
        Assert.False(config.GetProperty("authentication").GetProperty("anonymous").GetProperty("enabled").GetBoolean());
        Assert.Equal(
            ["extraConfig.readOnlyPort left out: the node decides it itself", "extraConfig.authentication left out: the node decides it itself"],
            KubeletExtras.Judge(settings).Remarks);
    }

    [Fact]
    public void Arguments_of_the_machine_config_come_after_ours()
    {
        KubeletSettings settings = Settings("1.20.2") with
        {
            ExtraArgs = new Dictionary<string, IReadOnlyList<string>>
            {
                ["v"] = ["4"],
                ["feature-gates"] = ["A=true", "B=false"],
                ["anonymous-auth"] = ["true"],
            },
        };

        Assert.Equal(["--feature-gates=A=true", "--feature-gates=B=false", "--v=4"], KubeletConfig.Arguments(settings).TakeLast(3));
        Assert.Equal(["extraArgs.anonymous-auth left out: the node decides it itself"], KubeletExtras.Judge(settings).Remarks);
    }

    [Fact]
    public void The_cluster_and_iptables_are_as_given()
    {
        JsonElement config = Render(Settings("1.20.2") with { ClusterDns = [IPAddress.Parse("10.96.0.10")], HasIpTables = true });

        Assert.Equal("10.96.0.10", config.GetProperty("clusterDNS")[0].GetString());
        Assert.True(config.GetProperty("makeIPTablesUtilChains").GetBoolean());
    }

    private static JsonElement Render(KubeletSettings settings) => JsonDocument.Parse(KubeletConfig.Render(settings)).RootElement;

    private static KubeletSettings Settings(string version) => new()
    {
        Version = KubeletVersion.TryParse(version)!,
        Nodename = "edge-01",
    };
}
