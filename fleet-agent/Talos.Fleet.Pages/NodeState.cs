using Talos.Fleet.Api;
using Talos.Fleet.Protocol;

namespace Talos.Fleet.Pages;

/// <summary>How a node stands, in one of few words that has a colour and a letter.</summary>
/// <param name="Kind">Class of the style sheet.</param>
/// <param name="Letter">Shown beside the colour, for who does not see it.</param>
/// <param name="Text">For people.</param>
internal sealed record NodeState(string Kind, string Letter, string Text)
{
    /// <summary>All, the most urgent first.</summary>
    public static IReadOnlyList<NodeState> All { get; } =
    [
        new("cloned", "C", "cloned"), new("lost", "L", "lost"), new("failed", "F", "update failed"), new("unready", "N", "not ready"), new("updating", "U", "updating"),
        new("offline", "O", "offline"), new("unknown", "?", "never heard of"), new("revoked", "R", "revoked"), new("ok", "", "ready"),
    ];

    public static NodeState Of(NodeSummary node) => Find(
        node.Revoked ? "revoked"
        : node.ClonedSince is not null ? "cloned"
        : node.Presence is null ? "unknown"
        : node.Presence is PresenceStatus.Lost ? "lost"
        : node.DesiredStatus is DesiredStatus.Failed || node.Update is UpdatePhase.Failed ? "failed"
        : IsUpdating(node) ? "updating"
        : node.Presence is PresenceStatus.Offline ? "offline"
        : node.Ready ? "ok" : "unready");

    private static bool IsUpdating(NodeSummary node) =>
        node.DesiredStatus is DesiredStatus.Installing or DesiredStatus.Trial
        || node.Update is UpdatePhase.Checking or UpdatePhase.Writing or UpdatePhase.Verifying or UpdatePhase.TrialPending or UpdatePhase.Trial;

    private static NodeState Find(string kind) => All.First(s => s.Kind == kind);
}
