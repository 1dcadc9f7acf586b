using System.Text.Json.Serialization;

namespace Talos.Fleet.Protocol;

/// <summary>Topic <c>result/ID</c>: how far a command is.</summary>
public sealed record CommandResult
{
    /// <summary>Id of the command.</summary>
    public required string Id { get; init; }

    /// <summary>How far it is.</summary>
    public required CommandState State { get; init; }

    /// <summary>When it came there.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>True when the node's clock was not set from the network by then.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Unsynced { get; init; }

    /// <summary>Why it failed or was refused, or what was done; up to 4096 characters.</summary>
    public string? Message { get; init; }
}

/// <summary>States of a command, as the node tells them.</summary>
[JsonConverter(typeof(WireEnumConverter<CommandState>))]
public enum CommandState
{
    /// <summary>Its signature is good, and it is on the node's disk.</summary>
    Accepted,

    /// <summary>Begun.</summary>
    Running,

    /// <summary>Done.</summary>
    Succeeded,

    /// <summary>Not done; the message says why.</summary>
    Failed,

    /// <summary>Not begun: not allowed, or not understood.</summary>
    Refused,

    /// <summary>Not begun: its time was over.</summary>
    Expired,
}
