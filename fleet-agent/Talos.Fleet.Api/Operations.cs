using System.Collections.ObjectModel;
using Talos.Fleet.Protocol;
using Talos.Fleet.Rollouts;

namespace Talos.Fleet.Api;

/// <summary>Asks for a command to a node.</summary>
public sealed record CommandRequest
{
    /// <summary>What to do.</summary>
    public required CommandKind Kind { get; init; }

    /// <summary>Names it, so that the same request again makes no second one; absent: the hub makes a name.</summary>
    public string? Id { get; init; }

    /// <summary>Upgrade: the bundle's id at the hub.</summary>
    public string? BundleId { get; init; }

    /// <summary>Upgrade: also if the version failed on the node before.</summary>
    public bool Force { get; init; }

    /// <summary>Apply config patch: the patch in YAML.</summary>
    public string? Patch { get; init; }

    /// <summary>Seconds until it is void, 60 to 2592000.</summary>
    public int ExpiresSeconds { get; set; } = 24 * 3600;
}

/// <summary>A command and what became of it.</summary>
public sealed record CommandRecord
{
    /// <summary>Its id.</summary>
    public required string Id { get; init; }

    /// <summary>The node.</summary>
    public required string Node { get; init; }

    /// <summary>What it does.</summary>
    public required CommandKind Kind { get; init; }

    /// <summary>Its number among the node's commands.</summary>
    public required long Revision { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset Issued { get; init; }

    /// <summary>When it is void.</summary>
    public required DateTimeOffset NotAfter { get; init; }

    /// <summary>Who asked for it.</summary>
    public required string IssuedBy { get; init; }

    /// <summary>How far the node is; absent before it answered.</summary>
    public CommandState? State { get; init; }

    /// <summary>What the node says about it.</summary>
    public string? Message { get; init; }

    /// <summary>When the node said so.</summary>
    public DateTimeOffset? Updated { get; init; }
}

/// <summary>Asks for a token with which nodes enrol.</summary>
public sealed record TokenRequest
{
    /// <summary>How many nodes may use it; 1 to 100000.</summary>
    public int Uses { get; set; } = 1;

    /// <summary>Seconds it is good; 60 to 31536000.</summary>
    public int ExpiresSeconds { get; set; } = 24 * 3600;

    /// <summary>The one node it is for; absent: any.</summary>
    public string? Node { get; init; }

    /// <summary>Labels the hub gives the nodes.</summary>
    public IReadOnlyDictionary<string, string> Labels { get => field ?? ReadOnlyDictionary<string, string>.Empty; init; }
}

/// <summary>A token.</summary>
public sealed record TokenRecord
{
    /// <summary>Names it.</summary>
    public required string Id { get; init; }

    /// <summary>The secret; only in the answer that made it, since the hub keeps its hash.</summary>
    public string? Token { get; init; }

    /// <summary>How many nodes may use it.</summary>
    public required int Uses { get; init; }

    /// <summary>How many did.</summary>
    public required int Used { get; init; }

    /// <summary>When it ends.</summary>
    public required DateTimeOffset Expires { get; init; }

    /// <summary>Who made it.</summary>
    public required string CreatedBy { get; init; }

    /// <summary>The one node it is for.</summary>
    public string? Node { get; init; }

    /// <summary>Labels the hub gives the nodes.</summary>
    public IReadOnlyDictionary<string, string> Labels { get => field ?? ReadOnlyDictionary<string, string>.Empty; init; }
}

/// <summary>A rollout and how it stands.</summary>
public sealed record RolloutView
{
    /// <summary>Its id.</summary>
    public required string Id { get; init; }

    /// <summary>What was asked for.</summary>
    public required RolloutPlan Plan { get; init; }

    /// <summary>How it stands.</summary>
    public required RolloutHead Head { get; init; }

    /// <summary>Its waves in order.</summary>
    public required IReadOnlyList<WaveView> Waves { get; init; }

    /// <summary>Nodes that take part.</summary>
    public required int Nodes { get; init; }

    /// <summary>Nodes that ever got an order.</summary>
    public required int Touched { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset Created { get; init; }

    /// <summary>Who made it.</summary>
    public required string CreatedBy { get; init; }

    /// <summary>When it changed last.</summary>
    public required DateTimeOffset Updated { get; init; }
}

/// <summary>A wave and how it stands.</summary>
public sealed record WaveView
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>Nodes that count: neither held back nor on the version from the start.</summary>
    public required int Size { get; init; }

    /// <summary>Wait for an order.</summary>
    public required int Waiting { get; init; }

    /// <summary>Have one.</summary>
    public required int Active { get; init; }

    /// <summary>Run the version.</summary>
    public required int Succeeded { get; init; }

    /// <summary>Failed.</summary>
    public required int Failed { get; init; }

    /// <summary>Did not begin in time.</summary>
    public required int Missed { get; init; }
}

/// <summary>A bundle that is held back for a board.</summary>
public sealed record HeldBackRecord
{
    /// <summary>Id of the bundle.</summary>
    public required string BundleId { get; init; }

    /// <summary>The board.</summary>
    public required string Board { get; init; }

    /// <summary>Its version.</summary>
    public required string Version { get; init; }

    /// <summary>Why.</summary>
    public required string Reason { get; init; }

    /// <summary>Since when.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>The rollout that found it.</summary>
    public required string Rollout { get; init; }
}

/// <summary>A bundle the hub holds.</summary>
public sealed record BundleRecord
{
    /// <summary>Its id: SHA-256 of its header and manifest.</summary>
    public required string Id { get; init; }

    /// <summary>Version in it.</summary>
    public required string Version { get; init; }

    /// <summary>Boards it is for; empty: any.</summary>
    public IReadOnlyList<string> Boards { get => field ?? []; init; }

    /// <summary>Its length.</summary>
    public required long Bytes { get; init; }

    /// <summary>Where nodes fetch it.</summary>
    public required string Url { get; init; }

    /// <summary>When it came.</summary>
    public required DateTimeOffset Uploaded { get; init; }

    /// <summary>Who brought it.</summary>
    public required string UploadedBy { get; init; }
}

/// <summary>Who did what.</summary>
public sealed record AuditRecord
{
    /// <summary>Its place.</summary>
    public required long Id { get; init; }

    /// <summary>When.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>Who: CommonName of the certificate or subject of the OIDC token.</summary>
    public required string Who { get; init; }

    /// <summary>As what.</summary>
    public required string Role { get; init; }

    /// <summary>What, such as <c>rollout.abort</c>.</summary>
    public required string Action { get; init; }

    /// <summary>On what.</summary>
    public required string Target { get; init; }

    /// <summary>What came of it: done, or why not.</summary>
    public required string Outcome { get; init; }
}
