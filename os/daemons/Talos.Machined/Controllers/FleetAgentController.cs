using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Talos.Config;
using Talos.Cosi;
using Talos.Fleet.Agent;
using Talos.Linux;
using Talos.Resources.Block;
using Talos.Resources.Config;
using Talos.Resources.Runtime;

namespace Talos.Machined.Controllers;

/// <summary>Hands the fleet agent its settings and asks for it to run, for as long as the machine config has a fleet and the volume of its queue is mounted.</summary>
/// <param name="path">Where the settings go; on tmpfs.</param>
/// <param name="board">Name of the board; empty when it is not known.</param>
/// <param name="version">Version of the system.</param>
internal sealed class FleetAgentController(string path, string board, string version) : IController
{
    /// <summary>Id of the service.</summary>
    public const string ServiceId = "fleet-agent";

    /// <summary>Holds <c>/var</c>.</summary>
    private const string QueueVolume = "EPHEMERAL";

    /// <inheritdoc/>
    public string Name => "runtime.FleetAgentController";

    /// <inheritdoc/>
    public IReadOnlyList<ControllerInput> Inputs { get; } = [ControllerInput.Weak<MachineConfig>(), ControllerInput.Weak<MountStatus>()];

    /// <inheritdoc/>
    public IReadOnlyList<ControllerOutput> Outputs { get; } = [ControllerOutput.Shared<ServiceSpec>()];

    /// <inheritdoc/>
    public async Task ReconcileAsync(IControllerContext context, CancellationToken ct)
    {
        string? yaml = context.Find<MachineConfig>(MachineConfig.ActiveId)?.Spec.Yaml;
        if (yaml is null || ConfigReader.Parsed(yaml) is not { IsComplete: true, Fleet: { } fleet })
        {
            await context.DestroyAsync<ServiceSpec>(ServiceId, ct);
            if (File.Exists(path))
            {
                File.Delete(path);
            }

            return;
        }

        byte[] settings = JsonSerializer.SerializeToUtf8Bytes(Settings(fleet, yaml), AgentSettingsJson.Default.AgentSettings);
        if (!File.Exists(path) || !(await File.ReadAllBytesAsync(path, ct)).AsSpan().SequenceEqual(settings))
        {
            Files.CreateDirectory(Path.GetDirectoryName(path)!, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            Files.WriteAtomically(path, settings);
        }

        if (context.Find<MountStatus>(QueueVolume) is null)
        {
            await context.DestroyAsync<ServiceSpec>(ServiceId, ct);
            return;
        }

        await context.WriteAsync(ServiceId, Spec(settings), ct);
    }

    private ServiceSpec Spec(byte[] settings) => new()
    {
        Executable = "/usr/bin/fleet-agent",
        Arguments = [path],
        Environment = DaemonEnvironment.Small,
        Cgroup = "system/fleet-agent",
        MemoryMaxBytes = 96L << 20,
        OomScoreAdjustment = 200,

        // It makes connections, asks machined, and reads and writes files of its own user, which is root.
        DroppedCapabilities = DaemonRights.AllBut(),
        Confined = true,
        DeniedCalls = ServiceDeniedCalls.Daemon,
        WaitForPaths = [path],
        Revision = Convert.ToHexStringLower(SHA256.HashData(settings)),
    };

    private AgentSettings Settings(FleetConfiguration fleet, string yaml) => new()
    {
        Hub = fleet.Hub,
        HubCa = fleet.HubCa,
        Token = fleet.Token.Reveal(),
        Brokers = fleet.Brokers,
        NodeId = fleet.NodeId,
        Labels = fleet.Labels,
        TelemetryIntervalSeconds = (int)fleet.TelemetryInterval.TotalSeconds,
        KeepAliveSeconds = (int)fleet.KeepAlive.TotalSeconds,
        Vetoes = new VetoSettings
        {
            Health = fleet.VetoHealth,
            MinimumBatteryPercent = fleet.MinimumBatteryPercent,
            ExternalPower = fleet.ExternalPower,
            Probes = [.. fleet.Probes.Select(p => new VetoProbe(p.Name, p.Url, (int)Math.Ceiling(p.Timeout.TotalSeconds)))],
        },
        Board = board,
        ConfigHash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(yaml))),
        Version = version,
    };
}
