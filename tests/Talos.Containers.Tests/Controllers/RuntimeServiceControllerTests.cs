using Microsoft.Extensions.Logging.Abstractions;
using Talos.Containers.Controllers;
using Talos.Pki;
using Talos.Resources.Config;
using Talos.Resources.Runtime;
using Talos.Testing;

namespace Talos.Containers.Tests.Controllers;

public sealed class RuntimeServiceControllerTests
{
    /// <summary>A valid authority, as every config of a real node has one.</summary>
    private static readonly string Authority = Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(
        CertificateAuthority.Create(AuthorityOptions.Os, TimeProvider.System).CertificatePem));

    private static readonly string Complete = $"""
        version: v1alpha1
        machine:
          type: worker
          token: abcdef.0123456789abcdef
          ca:
            crt: {Authority}
          registries:
            mirrors:
              docker.io:
                endpoints: [http://10.5.0.1:5000]
        cluster:
          controlPlane:
            endpoint: https://10.5.0.1:6443
        """;

    private readonly FakeRuntimeFiles _files = new();
    private readonly ControllerFixture _node;

    public RuntimeServiceControllerTests() =>
        _node = new ControllerFixture(new RuntimeServiceController(_files, NullLogger<RuntimeServiceController>.Instance));

    [Fact]
    public async Task With_a_machine_config_the_runtime_is_wanted_and_configured()
    {
        _node.Given(MachineConfig.ActiveId, new MachineConfig { Yaml = Complete });

        await _node.SettleAsync();

        ServiceSpec service = Assert.IsType<ServiceSpec>(_node.Find<ServiceSpec>("cri")?.Spec);
        Assert.Equal("podruntime/runtime", service.Cgroup);
        Assert.True(service.KeepsChildren);
        Assert.Contains("version = 2", _files.Written[ContainerPaths.Configuration], StringComparison.Ordinal);
        Assert.True(_files.Written.ContainsKey(ContainerPaths.RegistryHosts + "/docker.io/hosts.toml"));
    }

    [Theory]
    [InlineData(null, "version = 2")]
    [InlineData("1.7.24~ds1-6+deb13u1\n", "version = 2")]
    [InlineData("2.1.9+ds1-5", "version = 3")]
    public async Task The_configuration_fits_the_containerd_of_the_root(string? version, string format)
    {
        _files.Version = version;
        _node.Given(MachineConfig.ActiveId, new MachineConfig { Yaml = Complete });

        await _node.SettleAsync();

        Assert.StartsWith(format + "\n", _files.Written[ContainerPaths.Configuration], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_the_capability_scores_are_restricted_and_the_service_is_another_revision()
    {
        _node.Given(MachineConfig.ActiveId, new MachineConfig { Yaml = Complete });
        await _node.SettleAsync();
        string? before = _node.Find<ServiceSpec>("cri")?.Spec.Revision;
        _files.HasSysResource = false;

        await _node.SettleAsync();

        Assert.NotEqual(before, _node.Find<ServiceSpec>("cri")?.Spec.Revision);
        Assert.Contains("restrict_oom_score_adj = true", _files.Written[ContainerPaths.Configuration], StringComparison.Ordinal);
    }

    [Fact]
    public async Task In_maintenance_no_runtime_runs()
    {
        await _node.SettleAsync();

        Assert.Empty(_node.List<ServiceSpec>());
    }

    [Fact]
    public async Task Without_the_executable_nothing_is_wanted()
    {
        _files.Present.Clear();
        _node.Given(MachineConfig.ActiveId, new MachineConfig { Yaml = Complete });

        await _node.SettleAsync();

        Assert.Empty(_node.List<ServiceSpec>());
    }
}
