using System.Text.Json.Serialization;
using Talos.Fleet.Protocol;

namespace Talos.Fleet.Rollouts;

/// <summary>How far a node of a rollout is.</summary>
/// <param name="Node">Its id.</param>
/// <param name="Board">Its board.</param>
/// <param name="Wave">Index of its wave.</param>
/// <param name="Status">How far it is.</param>
/// <param name="Attempt">Orders it got so far.</param>
/// <param name="Since">When it came to this status.</param>
/// <param name="NotBefore">Waiting: when it may get its next order.</param>
/// <param name="Reason">What the node or the engine says about it.</param>
public sealed record NodeProgress(
    string Node, string Board, int Wave, NodeStatus Status, int Attempt, DateTimeOffset Since, DateTimeOffset? NotBefore = null, string? Reason = null);

/// <summary>How far a node of a rollout is.</summary>
[JsonConverter(typeof(WireEnumConverter<NodeStatus>))]
public enum NodeStatus
{
    /// <summary>Has no order that holds.</summary>
    Waiting,

    /// <summary>Has its order and has not begun.</summary>
    Assigned,

    /// <summary>Has begun.</summary>
    Installing,

    /// <summary>Runs the version.</summary>
    Succeeded,

    /// <summary>Failed for good.</summary>
    Failed,

    /// <summary>Did not begin in time; its order is withdrawn.</summary>
    Missed,

    /// <summary>Gets no order: the version is held back for its board.</summary>
    HeldBack,

    /// <summary>Gets no order: it ran the version already.</summary>
    Current,

    /// <summary>Its order was withdrawn when the rollout ended.</summary>
    Withdrawn,
}

/// <summary>How a rollout as a whole stands.</summary>
[JsonConverter(typeof(WireEnumConverter<RolloutPhase>))]
public enum RolloutPhase
{
    /// <summary>Waits for a person's yes.</summary>
    AwaitingApproval,

    /// <summary>Gives orders.</summary>
    Running,

    /// <summary>Gives no orders until it is resumed.</summary>
    Paused,

    /// <summary>Ended by itself: too many failures.</summary>
    Stopped,

    /// <summary>Ended by a person.</summary>
    Aborted,

    /// <summary>Nothing is left to do.</summary>
    Completed,
}

/// <summary>What is known of a rollout beside its nodes.</summary>
public sealed record RolloutHead
{
    /// <summary>How it stands.</summary>
    public required RolloutPhase Phase { get; init; }

    /// <summary>The highest wave that is open.</summary>
    public int Wave { get; init; }

    /// <summary>The highest wave a person approved; -1 for none.</summary>
    public int Approved { get; init; } = -1;

    /// <summary>The highest wave whose missing successes a person accepted; -1 for none.</summary>
    public int Accepted { get; init; } = -1;

    /// <summary>Failures a person knew of when resuming.</summary>
    public int Tolerated { get; init; }

    /// <summary>When the open wave reached its success threshold.</summary>
    public DateTimeOffset? ReachedAt { get; init; }

    /// <summary>Why it waits or ended.</summary>
    public string? Reason { get; init; }

    /// <summary>Boards the version is held back for.</summary>
    public IReadOnlyList<string> HeldBoards { get => field ?? []; init; }

    /// <summary>Whether nothing more can happen but late results.</summary>
    [JsonIgnore]
    public bool IsOver => Phase is RolloutPhase.Stopped or RolloutPhase.Aborted or RolloutPhase.Completed;
}
