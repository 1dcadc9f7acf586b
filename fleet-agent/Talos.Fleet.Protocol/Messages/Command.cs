using System.Text.Json.Serialization;

namespace Talos.Fleet.Protocol;

/// <summary>Topic <c>command/ID</c>, inside a signed envelope: something to do once.</summary>
/// <remarks>Unknown members are refused: a node must not act on half of an order.</remarks>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record Command : IOrder
{
    /// <inheritdoc/>
    public required string Node { get; init; }

    /// <summary>Names the command; the last level of its topic and of its result's.</summary>
    public required string Id { get; init; }

    /// <inheritdoc/>
    public required long Revision { get; init; }

    /// <inheritdoc/>
    public required DateTimeOffset Issued { get; init; }

    /// <inheritdoc/>
    public required DateTimeOffset NotAfter { get; init; }

    /// <summary>What to do.</summary>
    public required CommandKind Kind { get; init; }

    /// <summary>Who asked for it, for the node's log; up to 256 characters.</summary>
    public string? IssuedBy { get; init; }

    /// <summary>Upgrade: what to install, at once and whatever the window.</summary>
    public UpdateTarget? Update { get; init; }

    /// <summary>Apply config patch: the patch in YAML, up to 65536 characters.</summary>
    public string? Patch { get; init; }

    /// <summary>Support bundle: https URL the node puts it to, with its certificate; up to 1024 characters.</summary>
    public string? UploadUrl { get; init; }
}

/// <summary>What a command does.</summary>
[JsonConverter(typeof(WireEnumConverter<CommandKind>))]
public enum CommandKind
{
    /// <summary>Restart in order. Operator.</summary>
    Reboot,

    /// <summary>Install a bundle and restart into it. Operator.</summary>
    Upgrade,

    /// <summary>Restart into the other slot. Operator.</summary>
    Rollback,

    /// <summary>Collect logs and state and put them to the hub. Operator.</summary>
    SupportBundle,

    /// <summary>Change the machine config. Admin.</summary>
    ApplyConfigPatch,
}
