using System.Collections.ObjectModel;
using Talos.Fleet.Protocol;

namespace Talos.Fleet.Api;

/// <summary>A part of a list.</summary>
public sealed record Page<T>
{
    /// <summary>The items.</summary>
    public required IReadOnlyList<T> Items { get; init; }

    /// <summary>Value of <c>after</c> that gives what follows; absent at the end.</summary>
    public string? Next { get; init; }
}

/// <summary>The fleet in numbers.</summary>
public sealed record FleetSummary
{
    /// <summary>All nodes.</summary>
    public required int Nodes { get; init; }

    /// <summary>Nodes by presence: online, offline, lost, unknown.</summary>
    public required IReadOnlyDictionary<string, int> Presence { get; init; }

    /// <summary>Nodes by version.</summary>
    public required IReadOnlyDictionary<string, int> Versions { get; init; }

    /// <summary>Nodes by board.</summary>
    public required IReadOnlyDictionary<string, int> Boards { get; init; }

    /// <summary>Nodes whose flash has 20 % of its life left or less, or warns.</summary>
    public required int Worn { get; init; }

    /// <summary>Nodes that are connected and not ready.</summary>
    public required int NotReady { get; init; }

    /// <summary>Rollouts that are not over.</summary>
    public required int OpenRollouts { get; init; }

    /// <summary>The hub's time.</summary>
    public required DateTimeOffset Time { get; init; }
}

/// <summary>A node in a list.</summary>
public sealed record NodeSummary
{
    /// <summary>Its id.</summary>
    public required string Id { get; init; }

    /// <summary>Whether it is reachable; absent before it ever was.</summary>
    public PresenceStatus? Presence { get; init; }

    /// <summary>When anything was heard of it last.</summary>
    public DateTimeOffset? LastSeen { get; init; }

    /// <summary>Host name.</summary>
    public string? Hostname { get; init; }

    /// <summary>Board; empty before it is known.</summary>
    public string Board { get; init; } = "";

    /// <summary>Version it runs; empty before it is known.</summary>
    public string Version { get; init; } = "";

    /// <summary>Slot it runs from.</summary>
    public string? Slot { get; init; }

    /// <summary>Whether nothing keeps it from being ready.</summary>
    public bool Ready { get; init; }

    /// <summary>What its update engine does.</summary>
    public UpdatePhase? Update { get; init; }

    /// <summary>The version it is ordered to.</summary>
    public string? DesiredVersion { get; init; }

    /// <summary>What became of the order.</summary>
    public DesiredStatus? DesiredStatus { get; init; }

    /// <summary>The rollout the order is of.</summary>
    public string? Rollout { get; init; }

    /// <summary>Highest used-up life of its flash devices in percent.</summary>
    public int? WearPercent { get; init; }

    /// <summary>Fewest days left of its flash devices.</summary>
    public int? WearDaysLeft { get; init; }

    /// <summary>Labels: the node's, and over them the hub's.</summary>
    public IReadOnlyDictionary<string, string> Labels { get => field ?? ReadOnlyDictionary<string, string>.Empty; init; }

    /// <summary>Whether its certificates are revoked.</summary>
    public bool Revoked { get; init; }

    /// <summary>Since when two devices seem to use its identity: a card was copied; absent when not.</summary>
    public DateTimeOffset? ClonedSince { get; init; }
}

/// <summary>All of a node.</summary>
public sealed record NodeDetail
{
    /// <summary>What lists show.</summary>
    public required NodeSummary Summary { get; init; }

    /// <summary>When it enrolled.</summary>
    public required DateTimeOffset Enrolled { get; init; }

    /// <summary>What it said last of its presence.</summary>
    public Presence? Presence { get; init; }

    /// <summary>What it reported last.</summary>
    public ReportedState? State { get; init; }

    /// <summary>Its last measurements.</summary>
    public Telemetry? Telemetry { get; init; }

    /// <summary>What it is ordered to, without the signature.</summary>
    public DesiredState? Desired { get; init; }

    /// <summary>Its certificates, the newest first.</summary>
    public IReadOnlyList<CertificateRecord> Certificates { get => field ?? []; init; }

    /// <summary>Events the node dropped before they reached the hub.</summary>
    public long LostEvents { get; init; }
}

/// <summary>A certificate the hub issued.</summary>
public sealed record CertificateRecord
{
    /// <summary>Its number in hexadecimal digits.</summary>
    public required string Serial { get; init; }

    /// <summary>When it ends.</summary>
    public required DateTimeOffset NotAfter { get; init; }

    /// <summary>When it was revoked; absent while it is good.</summary>
    public DateTimeOffset? Revoked { get; init; }
}

/// <summary>An event in the hub's history.</summary>
public sealed record EventRecord
{
    /// <summary>Its place in the history of all nodes.</summary>
    public required long Id { get; init; }

    /// <summary>The node.</summary>
    public required string Node { get; init; }

    /// <summary>The node's queue.</summary>
    public required string Stream { get; init; }

    /// <summary>When it came to the hub.</summary>
    public required DateTimeOffset Received { get; init; }

    /// <summary>The event.</summary>
    public required NodeEvent Event { get; init; }
}

/// <summary>Measurements in the hub's history.</summary>
public sealed record TelemetryRecord
{
    /// <summary>The node.</summary>
    public required string Node { get; init; }

    /// <summary>When they came to the hub.</summary>
    public required DateTimeOffset Received { get; init; }

    /// <summary>The measurements.</summary>
    public required Telemetry Telemetry { get; init; }
}

/// <summary>Labels the hub gives a node.</summary>
public sealed record LabelsRequest
{
    /// <summary>All of them; up to 32, each key and value up to 63 characters.</summary>
    public required IReadOnlyDictionary<string, string> Labels { get; init; }
}

/// <summary>What the hub wants of a node beside its version.</summary>
public sealed record SettingsRequest
{
    /// <summary>Seconds between two telemetry messages, 10 to 604800; absent: as in the FleetConfig document.</summary>
    public int? TelemetryIntervalSeconds { get; init; }

    /// <summary>The least level the agent logs.</summary>
    public FleetLogLevel? LogLevel { get; init; }
}
