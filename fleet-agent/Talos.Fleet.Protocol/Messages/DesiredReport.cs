using System.Text.Json.Serialization;

namespace Talos.Fleet.Protocol;

/// <summary>What became of a desired state.</summary>
public sealed record DesiredReport
{
    /// <summary>Its revision.</summary>
    public required long Revision { get; init; }

    /// <summary>How far it is.</summary>
    public required DesiredStatus Status { get; init; }

    /// <summary>Why it waits, was refused or failed; up to 1024 characters.</summary>
    public string? Reason { get; init; }
}

/// <summary>How far a desired state is.</summary>
[JsonConverter(typeof(WireEnumConverter<DesiredStatus>))]
public enum DesiredStatus
{
    /// <summary>Taken; waits for its window.</summary>
    Waiting,

    /// <summary>A local veto holds it: health, power or workload; it is tried again.</summary>
    Vetoed,

    /// <summary>The bundle is being installed.</summary>
    Installing,

    /// <summary>Installed; the node restarts into it or is trying it.</summary>
    Trial,

    /// <summary>All of it is in force; of an update, the version runs and was found good.</summary>
    Done,

    /// <summary>Failed for good: the version fell back, or its bundle is refused.</summary>
    Failed,

    /// <summary>Not acted on: its time was over.</summary>
    Expired,
}
