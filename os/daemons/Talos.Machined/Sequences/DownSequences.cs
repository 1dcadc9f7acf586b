using Talos.Machined.Lifecycle;

namespace Talos.Machined.Sequences;

/// <summary>Brings the node down in order and restarts it.</summary>
internal static class RebootSequence
{
    /// <summary>Plans the sequence; runs nothing.</summary>
    public static Sequence Plan(RebootOptions options, NodeTasks node)
    {
        bool forced = options.Mode is RebootMode.Force;
        return new Sequence("reboot", forced ? SequenceRank.ForcedDown : SequenceRank.Down,
        [
            .. WayDown.PodsUnless(forced, node),
            .. WayDown.Rest(node),
            WayDown.Last("reboot", node.Reboot),
        ]);
    }
}

/// <summary>Installs an update, and restarts the node into it.</summary>
internal static class UpgradeSequence
{
    /// <summary>The slowest link that is still of use.</summary>
    private static readonly TimeSpan InstallTimeout = TimeSpan.FromHours(12);

    /// <summary>Plans the sequence; runs nothing.</summary>
    /// <param name="install">Installs; the node stays up when it fails.</param>
    /// <param name="reboot">False: the update waits for the next restart.</param>
    /// <param name="node">The tasks.</param>
    public static Sequence Plan(SequenceTask install, bool reboot, NodeTasks node) => new("upgrade", SequenceRank.Down,
    [
        new Phase("upgrade", install) { Timeout = InstallTimeout },
        .. reboot ? RebootSequence.Plan(new RebootOptions(RebootMode.Graceful), node).Phases : [],
    ]);
}

/// <summary>Brings the node down in order and switches it off.</summary>
internal static class ShutdownSequence
{
    /// <summary>Plans the sequence; runs nothing.</summary>
    public static Sequence Plan(ShutdownOptions options, NodeTasks node) => new(
        "shutdown",
        options.Force ? SequenceRank.ForcedDown : SequenceRank.Down,
        [
            .. WayDown.PodsUnless(options.Force, node),
            .. WayDown.Rest(node),
            WayDown.Last("shutdown", node.Shutdown),
        ]);
}

/// <summary>Brings the node down in order and wipes what makes it this node.</summary>
internal static class ResetSequence
{
    /// <summary>Plans the sequence; runs nothing.</summary>
    public static Sequence Plan(ResetOptions options, NodeTasks node) => new(
        "reset",
        SequenceRank.Down,
        [
            .. WayDown.PodsUnless(!options.Graceful, node),
            .. WayDown.Rest(node),
            new Phase("resetSpec", node.WipePartitions(options.Partitions)) { GoesOnAfterFailure = true },
            options.Reboot ? WayDown.Last("reboot", node.Reboot) : WayDown.Last("shutdown", node.Shutdown),
        ]);
}

/// <summary>What all ways down have in common.</summary>
internal static class WayDown
{
    /// <summary>Pods end as their grace period allows, unless there is no time for it.</summary>
    public static IReadOnlyList<Phase> PodsUnless(bool forced, NodeTasks node) =>
        forced ? [] : [Phase("cleanup", TimeSpan.FromMinutes(3), node.StopAllPods)];

    /// <summary>Services, mounts, services without mounts.</summary>
    public static IReadOnlyList<Phase> Rest(NodeTasks node) =>
    [
        Phase("denyNewServices", TimeSpan.FromSeconds(10), node.DenyNewServices),
        Phase("stopServices", TimeSpan.FromMinutes(1), node.StopServicesEphemeral),
        Phase("umount", TimeSpan.FromSeconds(30), node.UnmountPodMounts),
        Phase("unmountSystem", TimeSpan.FromSeconds(30), node.UnmountEphemeral),
        Phase("volumeFinalize", TimeSpan.FromSeconds(30), node.TeardownVolumes),
        Phase("stopEverything", TimeSpan.FromMinutes(1), node.StopAllServices),
    ];

    /// <summary>The end of the way.</summary>
    public static Phase Last(string name, SequenceTask task) => Phase(name, TimeSpan.FromMinutes(1), task);

    private static Phase Phase(string name, TimeSpan timeout, SequenceTask task) =>
        new(name, task) { Timeout = timeout, GoesOnAfterFailure = true };
}
