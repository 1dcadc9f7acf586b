using System.Text.Json.Serialization;

namespace Talos.Fleet.Protocol;

/// <summary>Topic <c>desired</c>, inside a signed envelope: what the hub wants of a node.</summary>
/// <remarks>Unknown members are refused: a node must not act on half of an order.</remarks>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record DesiredState : IOrder
{
    /// <inheritdoc/>
    public required string Node { get; init; }

    /// <inheritdoc/>
    public required long Revision { get; init; }

    /// <inheritdoc/>
    public required DateTimeOffset Issued { get; init; }

    /// <inheritdoc/>
    public required DateTimeOffset NotAfter { get; init; }

    /// <summary>The version the node should run; absent: whatever it runs.</summary>
    public UpdateTarget? Update { get; init; }

    /// <summary>When it may be installed, up to 32 spans of time; empty: at any time. The hub knows the time zones.</summary>
    public IReadOnlyList<MaintenanceWindow> Windows { get => field ?? []; init; }

    /// <summary>Seconds between two telemetry messages, 10 to 604800; absent: as in the FleetConfig document.</summary>
    public int? TelemetryIntervalSeconds { get; init; }

    /// <summary>The least level the agent logs.</summary>
    public FleetLogLevel? LogLevel { get; init; }
}

/// <summary>What every signed order says of itself.</summary>
public interface IOrder
{
    /// <summary>The node it is for.</summary>
    string Node { get; }

    /// <summary>Rises with every order of its kind for this node, from 1; a node takes none twice and none older.</summary>
    long Revision { get; }

    /// <summary>When the hub made it.</summary>
    DateTimeOffset Issued { get; }

    /// <summary>Not acted on after this.</summary>
    DateTimeOffset NotAfter { get; }
}

/// <summary>A version to install.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record UpdateTarget
{
    /// <summary>Version of the system; 1 to 128 characters.</summary>
    public required string Version { get; init; }

    /// <summary>Where the bundle is: an http or https URL; up to 1024 characters.</summary>
    public required string Url { get; init; }

    /// <summary>Id of the bundle: SHA-256 of its header and manifest in lower-case hexadecimal digits.</summary>
    public required string BundleId { get; init; }

    /// <summary>The rollout it belongs to; up to 64 characters of <c>a-z 0-9 -</c>.</summary>
    public string? Rollout { get; init; }

    /// <summary>Take a version that has failed on this node before.</summary>
    public bool Force { get; init; }
}

/// <summary>A span of time.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record MaintenanceWindow
{
    /// <summary>The first moment.</summary>
    public required DateTimeOffset From { get; init; }

    /// <summary>The first moment after it.</summary>
    public required DateTimeOffset To { get; init; }
}

/// <summary>Levels of the agent's log.</summary>
[JsonConverter(typeof(WireEnumConverter<FleetLogLevel>))]
public enum FleetLogLevel
{
    /// <summary>Each message.</summary>
    Debug,

    /// <summary>Changes.</summary>
    Info,

    /// <summary>Degraded and going on.</summary>
    Warning,

    /// <summary>Needs a person.</summary>
    Error,
}
