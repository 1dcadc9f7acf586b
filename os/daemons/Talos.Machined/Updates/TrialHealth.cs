using Talos.Resources.Runtime;

namespace Talos.Machined.Updates;

/// <summary>What is known of a node whose slot is on trial.</summary>
internal sealed record TrialHealth
{
    /// <summary>What the node is doing.</summary>
    public required MachineStage Stage { get; init; }

    /// <summary>What keeps it from being ready.</summary>
    public IReadOnlyList<UnmetCondition> Unmet { get; init; } = [];

    /// <summary>Whether machined's API and apid answer.</summary>
    public bool ApiAnswers { get; init; }

    /// <summary>Whether the kubelet is healthy.</summary>
    public bool KubeletHealthy { get; init; }

    /// <summary>Static pods of the config that are not ready, one sentence each.</summary>
    public IReadOnlyList<string> UnreadyPods { get; init; } = [];

    /// <summary>Controllers that fail again and again.</summary>
    public IReadOnlyList<string> FailingControllers { get; init; } = [];

    /// <summary>Probes of the config that did not answer well, one sentence each.</summary>
    public IReadOnlyList<string> FailedProbes { get; init; } = [];
}

/// <summary>What is to become of a trial.</summary>
internal enum TrialVerdict
{
    /// <summary>Neither yet.</summary>
    Waiting,

    /// <summary>The slot is kept.</summary>
    Good,

    /// <summary>The node goes back.</summary>
    Bad,
}
