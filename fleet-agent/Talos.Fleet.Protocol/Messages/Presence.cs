using System.Text.Json.Serialization;

namespace Talos.Fleet.Protocol;

/// <summary>Whether a node is reachable.</summary>
[JsonConverter(typeof(WireEnumConverter<PresenceStatus>))]
public enum PresenceStatus
{
    /// <summary>Connected; said by the node.</summary>
    Online,

    /// <summary>Left in order; said by the node, with the reason.</summary>
    Offline,

    /// <summary>Gone without a word; the Will, said by the broker.</summary>
    Lost,
}

/// <summary>Topic <c>presence</c>.</summary>
public sealed record Presence
{
    /// <summary>Reachable or not.</summary>
    public required PresenceStatus Status { get; init; }

    /// <summary>Names the boot; 1 to 64 characters.</summary>
    public required string BootId { get; init; }

    /// <summary>When it was said; of a Will, when the node connected.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>True when the node's clock was not set from the network since its start.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Unsynced { get; init; }

    /// <summary>Version of the agent; up to 64 characters.</summary>
    public string? Agent { get; init; }

    /// <summary>Why it left, such as <c>reboot</c>; up to 256 characters.</summary>
    public string? Reason { get; init; }
}
