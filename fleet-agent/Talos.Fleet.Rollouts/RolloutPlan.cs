using System.Collections.ObjectModel;
using System.Text.Json.Serialization;
using Talos.Fleet.Protocol;

namespace Talos.Fleet.Rollouts;

/// <summary>What a rollout does to whom, as a person asks for it.</summary>
/// <remarks>Members with a default can be set: generated JSON readers give init-only ones that are absent zero instead.</remarks>
public sealed record RolloutPlan
{
    /// <summary>For people; 1 to 128 characters.</summary>
    public required string Name { get; init; }

    /// <summary>Version to bring; 1 to 128 characters.</summary>
    public required string Version { get; init; }

    /// <summary>Id of the bundle: 64 lower-case hexadecimal digits.</summary>
    public required string BundleId { get; init; }

    /// <summary>Where nodes fetch the bundle; absent: from the hub.</summary>
    public string? Url { get; init; }

    /// <summary>Which nodes; absent members select all.</summary>
    public RolloutSelector Selector { get => field ?? new(); init; }

    /// <summary>Nodes of each board that go first; one failure among them ends the rollout. 0 for none.</summary>
    public int Canary { get; set; } = 1;

    /// <summary>Waves after the canary; empty: one with all nodes.</summary>
    public IReadOnlyList<RolloutWave> Waves { get => field ?? []; init; }

    /// <summary>Nodes that may have an unfinished order at once; 1 to 10000.</summary>
    public int MaxParallel { get; set; } = 50;

    /// <summary>Share of a wave that has to succeed before the next one opens; above 0 to 100.</summary>
    public double SuccessPercent { get; set; } = 95;

    /// <summary>Share of a wave that may not fail: at this share the rollout ends; above 0 to 100.</summary>
    public double ErrorPercent { get; set; } = 5;

    /// <summary>Failures in all at which the rollout ends; absent: only shares count.</summary>
    public int? ErrorCount { get; init; }

    /// <summary>What happens at the threshold.</summary>
    public ErrorAction OnError { get; init; } = ErrorAction.Stop;

    /// <summary>Who has to say yes.</summary>
    public ApprovalRule Approval { get; init; } = ApprovalRule.None;

    /// <summary>How long a wave stays at its success threshold before the next one opens; 0 to 30 days.</summary>
    public int SoakSeconds { get; init; }

    /// <summary>How long a node has to begin, and from then to end, within windows; 10 s to 30 days.</summary>
    public int NodeTimeoutSeconds { get; set; } = 4 * 3600;

    /// <summary>Further attempts for a node that failed or did not begin; 0 to 10.</summary>
    public int Retries { get; init; }

    /// <summary>Time before a further attempt; 0 to 7 days.</summary>
    public int RetryDelaySeconds { get; set; } = 600;

    /// <summary>When nodes may install; empty: at any time.</summary>
    public IReadOnlyList<WindowRule> Windows { get => field ?? []; init; }

    /// <summary>Failures on one board after which the version is held back there; 0: never.</summary>
    public int HoldBackAfter { get; set; } = 3;

    /// <summary>Give it to boards it is held back for and to nodes it failed on.</summary>
    public bool Force { get; init; }
}

/// <summary>Which nodes take part: those that fit every member.</summary>
public sealed record RolloutSelector
{
    /// <summary>Boards; empty: any.</summary>
    public IReadOnlyList<string> Boards { get => field ?? []; init; }

    /// <summary>Labels a node has to have.</summary>
    public IReadOnlyDictionary<string, string> Labels { get => field ?? ReadOnlyDictionary<string, string>.Empty; init; }

    /// <summary>Node ids; empty: any.</summary>
    public IReadOnlyList<string> Nodes { get => field ?? []; init; }

    /// <summary>Whether a node takes part.</summary>
    public bool Fits(Candidate node) =>
        (Boards.Count == 0 || Boards.Contains(node.Board)) && (Nodes.Count == 0 || Nodes.Contains(node.Node)) && node.Has(Labels);
}

/// <summary>A wave: either a share of the nodes or those with labels.</summary>
public sealed record RolloutWave
{
    /// <summary>For people; up to 64 characters.</summary>
    public string? Name { get; init; }

    /// <summary>Share of all nodes that are through when this wave is; rises from wave to wave, to 100.</summary>
    public double? Percent { get; init; }

    /// <summary>Labels of the nodes of this wave; those of earlier waves excepted.</summary>
    public IReadOnlyDictionary<string, string> Labels { get => field ?? ReadOnlyDictionary<string, string>.Empty; init; }
}

/// <summary>A node as the rollout sees it when it is made.</summary>
/// <param name="Node">Its id.</param>
/// <param name="Board">Its board.</param>
/// <param name="Version">The version it runs; empty when not known.</param>
/// <param name="Labels">Its labels.</param>
public sealed record Candidate(string Node, string Board, string Version, IReadOnlyDictionary<string, string> Labels)
{
    /// <summary>Whether it has all of these labels.</summary>
    public bool Has(IReadOnlyDictionary<string, string> labels) => labels.All(l => Labels.TryGetValue(l.Key, out string? value) && value == l.Value);
}

/// <summary>What happens when too many nodes failed.</summary>
[JsonConverter(typeof(WireEnumConverter<ErrorAction>))]
public enum ErrorAction
{
    /// <summary>It is over; a person makes a new rollout.</summary>
    Stop,

    /// <summary>It waits for a person, who may resume it.</summary>
    Pause,
}

/// <summary>When a person has to approve.</summary>
[JsonConverter(typeof(WireEnumConverter<ApprovalRule>))]
public enum ApprovalRule
{
    /// <summary>Never.</summary>
    None,

    /// <summary>Before the first node.</summary>
    Start,

    /// <summary>Before each wave.</summary>
    EachWave,
}
