using Talos.Ota.Slots;

namespace Talos.Ota.Engine;

/// <summary>What is known of updates on this node.</summary>
public sealed record UpdateStatus
{
    /// <summary>Where the update is.</summary>
    public required UpdateState State { get; init; }

    /// <summary>The slot the node runs from; null before <see cref="IUpdateEngine.OnBootAsync"/>.</summary>
    public SlotId? Running { get; init; }

    /// <summary>Version the update goes to; null when there is none.</summary>
    public string? Version { get; init; }

    /// <summary>How far it is; null when nothing was begun since the start of this process.</summary>
    public UpdateProgress? Progress { get; init; }

    /// <summary>Why it failed, was cancelled, or a slot was marked bad or left; null otherwise.</summary>
    public string? Message { get; init; }

    /// <summary>The last time a trial ended in the old slot; null when none ever did.</summary>
    public FallbackReport? LastFallback { get; init; }

    /// <summary>Versions that failed here and are not tried again unless that is forced.</summary>
    public IReadOnlyList<FailedVersion> FailedVersions { get; init; } = [];

    /// <summary>No version below this one is installed; null for any.</summary>
    public string? Floor { get; init; }
}

/// <summary>Why a trial ended in the old slot.</summary>
/// <param name="Slot">The slot that failed.</param>
/// <param name="Version">What it held.</param>
/// <param name="Stage">The last stage its boots reached: see <see cref="IUpdateEngine.ReachedAsync"/>; null: its first process never ran.</param>
/// <param name="Reason">One sentence for people.</param>
/// <param name="Starts">How often it was started.</param>
/// <param name="At">When this was found out.</param>
public sealed record FallbackReport(SlotId Slot, string Version, string? Stage, string Reason, int Starts, DateTimeOffset At);

/// <summary>A version that failed on this node.</summary>
/// <param name="Version">Version.</param>
/// <param name="Build">Names the build: another build of the version may be tried.</param>
/// <param name="Reason">One sentence for people.</param>
/// <param name="At">When.</param>
public sealed record FailedVersion(string Version, string Build, string Reason, DateTimeOffset At);

/// <summary>A slot with what it holds.</summary>
/// <param name="Slot">As the boot loader sees it.</param>
/// <param name="Version">What it holds; null when that is not known or it is empty.</param>
/// <param name="Running">Whether the node runs from it.</param>
/// <param name="Next">Whether it starts at the next boot.</param>
public sealed record SlotStatus(Slot Slot, string? Version, bool Running, bool Next);
