using System.Text.Json;
using Talos.Config;
using Talos.Fleet.Agent;
using Talos.Linux;
using Talos.Machined.Controllers;
using Talos.Pki;
using Talos.Resources.Block;
using Talos.Resources.Config;
using Talos.Resources.Runtime;
using Talos.Testing;

namespace Talos.Machined.Tests;

public sealed class FleetAgentControllerTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fleet-settings").FullName;
    private readonly ControllerFixture _node;

    public FleetAgentControllerTests()
    {
        _node = new ControllerFixture(new FleetAgentController(Settings, "board", "v1.0.0"));
        _node.Given("EPHEMERAL", new MountStatus { Spec = new MountSpec("EPHEMERAL"), Source = "/dev/vda6", Target = "/var", Filesystem = "xfs" });
    }

    private static readonly string Ca = CertificateAuthority.Create(AuthorityOptions.Maintenance, TimeProvider.System).CertificatePem;

    private static string Machine => $"version: v1alpha1\nmachine:\n  type: worker\n  ca:\n    crt: {Convert.ToBase64String(System.Text.Encoding.ASCII.GetBytes(Ca))}\ncluster:\n  controlPlane:\n    endpoint: https://10.0.0.1:6443\n";

    private string Settings => Path.Combine(_folder, "run", "settings.json");

    [Fact]
    public async Task Without_the_document_no_agent_runs()
    {
        _node.Given(MachineConfig.ActiveId, new MachineConfig { Yaml = Machine });

        await _node.SettleAsync();

        Assert.Null(_node.Find<ServiceSpec>(FleetAgentController.ServiceId));
        Assert.False(File.Exists(Settings));
    }

    [Fact]
    public async Task With_it_the_agent_runs_with_settings_only_root_reads()
    {
        Given("token: secret\nlabels: {site: north}\n");

        await _node.SettleAsync();

        ServiceSpec spec = _node.Find<ServiceSpec>(FleetAgentController.ServiceId)!.Spec;
        Assert.Equal((true, ServiceDeniedCalls.Daemon, 41), (spec.Confined, spec.DeniedCalls, spec.DroppedCapabilities.Count));
        AgentSettings settings = JsonSerializer.Deserialize(await File.ReadAllBytesAsync(Settings, TestContext.Current.CancellationToken), AgentSettingsJson.Default.AgentSettings)!;
        Assert.Equal(("/usr/bin/fleet-agent", ServiceHealthKind.None), (spec.Executable, spec.HealthCheck.Kind));
        Assert.False(spec.Essential);
        Assert.Contains("CAP_SYS_ADMIN", spec.DroppedCapabilities);
        Assert.All(spec.DroppedCapabilities, c => Assert.True(Enum.TryParse(c[4..].Replace("_", "", StringComparison.Ordinal), ignoreCase: true, out Capability _), c));
        Assert.Equal(("secret", "board", "v1.0.0", "north", 3600), (settings.Token, settings.Board, settings.Version, settings.Labels["site"], settings.TelemetryIntervalSeconds));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Settings));
        Assert.DoesNotContain("secret", spec.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_waits_for_the_volume_of_its_queue_and_ends_with_it()
    {
        _node.Gone<MountStatus>("EPHEMERAL");
        Given("token: one\n");
        await _node.SettleAsync();
        Assert.Null(_node.Find<ServiceSpec>(FleetAgentController.ServiceId));

        _node.Given("EPHEMERAL", new MountStatus { Spec = new MountSpec("EPHEMERAL"), Source = "/dev/vda6", Target = "/var", Filesystem = "xfs" });
        await _node.SettleAsync();
        Assert.NotNull(_node.Find<ServiceSpec>(FleetAgentController.ServiceId));

        _node.Gone<MountStatus>("EPHEMERAL");
        await _node.SettleAsync();
        Assert.Null(_node.Find<ServiceSpec>(FleetAgentController.ServiceId));
    }

    [Fact]
    public async Task A_change_restarts_the_agent_and_its_end_stops_it()
    {
        Given("token: one\n");
        await _node.SettleAsync();
        string before = _node.Find<ServiceSpec>(FleetAgentController.ServiceId)!.Spec.Revision;

        Given("token: two\n");
        await _node.SettleAsync();
        Assert.NotEqual(before, _node.Find<ServiceSpec>(FleetAgentController.ServiceId)!.Spec.Revision);

        _node.Given(MachineConfig.ActiveId, new MachineConfig { Yaml = Machine });
        await _node.SettleAsync();
        Assert.Null(_node.Find<ServiceSpec>(FleetAgentController.ServiceId));
        Assert.False(File.Exists(Settings));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private void Given(string rest)
    {
        string ca = string.Concat(Ca.TrimEnd().Split('\n').Select(l => $"  {l}\n"));
        string yaml = $"{Machine}---\napiVersion: v1alpha1\nkind: FleetConfig\nhub: https://hub.example:8443\nhubCA: |\n{ca}{rest}";
        Assert.Empty(ConfigReader.Read(System.Text.Encoding.UTF8.GetBytes(yaml)).Problems);
        _node.Given(MachineConfig.ActiveId, new MachineConfig { Yaml = yaml });
    }
}
