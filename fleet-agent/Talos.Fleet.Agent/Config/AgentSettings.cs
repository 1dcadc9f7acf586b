using System.Text.Json.Serialization;
using Talos.Fleet.Protocol;

namespace Talos.Fleet.Agent;

/// <summary>What machined hands the agent: the FleetConfig document and what the node knows of itself; one JSON file.</summary>
public sealed record AgentSettings
{
    /// <summary>Where machined writes it; it holds the token, so only root reads it.</summary>
    public const string DefaultPath = "/system/run/fleet-agent/settings.json";

    /// <summary>The hub, such as <c>https://hub.example:8443</c>.</summary>
    public required Uri Hub { get; init; }

    /// <summary>CA of the hub's HTTPS certificate, PEM.</summary>
    public required string HubCa { get; init; }

    /// <summary>Token for the first enrolment; empty when the node has its identity already.</summary>
    public required string Token { get; init; }

    /// <summary>Brokers instead of those the hub names; empty for those.</summary>
    public required IReadOnlyList<string> Brokers { get; init; }

    /// <summary>Id to ask for; empty for one made of the machine id.</summary>
    public required string NodeId { get; init; }

    /// <summary>Labels to report.</summary>
    public required IReadOnlyDictionary<string, string> Labels { get; init; }

    /// <summary>Seconds between two telemetry messages.</summary>
    public required int TelemetryIntervalSeconds { get; init; }

    /// <summary>MQTT keep-alive in seconds.</summary>
    public required int KeepAliveSeconds { get; init; }

    /// <summary>What keeps the node from being updated or restarted.</summary>
    public required VetoSettings Vetoes { get; init; }

    /// <summary>Name of the board's descriptor; empty when it is not known.</summary>
    public required string Board { get; init; }

    /// <summary>SHA-256 of the machine config in lower-case hexadecimal digits; empty when there is none.</summary>
    public required string ConfigHash { get; init; }

    /// <summary>Version of the agent, which is the system's.</summary>
    public required string Version { get; init; }

    /// <summary>machined's socket.</summary>
    public string Socket { get => field ?? "/system/run/machined/machine.sock"; init; }

    /// <summary>Folder for identity and orders; on STATE.</summary>
    public string StateFolder { get => field ?? "/system/state/fleet"; init; }

    /// <summary>Folder for the queue; on EPHEMERAL.</summary>
    public string DataFolder { get => field ?? "/var/lib/fleet"; init; }

    /// <summary>Most bytes the queue takes.</summary>
    public long QueueBytes { get => field > 0 ? field : 8 << 20; init; }
}

/// <summary>What keeps the node from being updated or restarted by the hub; a person at the node is not held.</summary>
public sealed record VetoSettings
{
    /// <summary>A node that is not ready is left alone.</summary>
    public required bool Health { get; init; }

    /// <summary>No update below this charge while the battery is discharging; 0 for any.</summary>
    public int MinimumBatteryPercent { get; init; }

    /// <summary>No update without external power.</summary>
    public bool ExternalPower { get; init; }

    /// <summary>Pages of workloads that must answer with 200 to 299 before an update or a restart.</summary>
    public IReadOnlyList<VetoProbe> Probes { get => field ?? []; init; }
}

/// <summary>A page of a workload.</summary>
/// <param name="Name">As it is told.</param>
/// <param name="Url">http or https.</param>
/// <param name="TimeoutSeconds">Longest time to wait for its answer.</param>
public sealed record VetoProbe(string Name, Uri Url, int TimeoutSeconds);

/// <summary>How what the agent keeps is written.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true, AllowDuplicateProperties = false,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, Converters = [typeof(WireTimeConverter)])]
[JsonSerializable(typeof(IdentityFile))]
[JsonSerializable(typeof(OrderFile))]
[JsonSerializable(typeof(StoredEvent))]
[JsonSerializable(typeof(WearFile))]
internal sealed partial class AgentJson : JsonSerializerContext;

/// <summary>How machined writes the settings.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true, AllowDuplicateProperties = false)]
[JsonSerializable(typeof(AgentSettings))]
public sealed partial class AgentSettingsJson : JsonSerializerContext;
