namespace Talos.Machined.Sequences;

/// <summary>From the first process to a configured node.</summary>
internal static class InitializeSequence
{
    /// <summary>An unconfigured node may wait for its config for ever.</summary>
    private static readonly TimeSpan Forever = Timeout.InfiniteTimeSpan;

    /// <summary>Plans the sequence; runs nothing.</summary>
    /// <param name="wipe">Labels of partitions to wipe first, as the kernel command line asks; empty for none.</param>
    /// <param name="node">The tasks.</param>
    public static Sequence Plan(IReadOnlyList<string> wipe, NodeTasks node)
    {
        List<Phase> phases =
        [
            new("systemRequirements", node.EnforceKernelRequirements),
            new("earlyServices", node.StartMachined, node.StartUdevd),
            new("meta", node.ReloadMeta),
            new("update", node.CheckUpdate) { GoesOnAfterFailure = true },
        ];

        if (wipe.Count > 0)
        {
            phases.Add(new Phase("wipeDisks", node.WipePartitions(wipe)));
        }

        phases.Add(new Phase("config", node.LoadConfig) { Timeout = Forever });
        return new Sequence("initialize", SequenceRank.Up, phases);
    }
}

/// <summary>From a configured node to a running one.</summary>
internal static class BootSequence
{
    /// <summary>Plans the sequence; runs nothing.</summary>
    public static Sequence Plan(NodeTasks node) => new("boot", SequenceRank.Up,
    [
        new Phase("memorySizeCheck", node.CheckMemorySize),
        new Phase("ephemeral", node.MountEphemeral) { Timeout = TimeSpan.FromMinutes(10) },
        new Phase("startEverything", node.StartAllServices) { Timeout = TimeSpan.FromMinutes(70) },
    ]);
}
