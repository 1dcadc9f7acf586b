using Talos.Ota.Slots;

namespace Talos.Ota.Engine.Journal;

/// <summary>What outlives a reboot. How far writing got is not in it: the slot itself says, by the hashes of its chunks.</summary>
internal sealed record UpdateJournal
{
    /// <summary>Versions that failed and are remembered; the oldest goes first.</summary>
    public const int MostFailed = 16;

    /// <summary>Version of the format, set when it is written.</summary>
    public int Format { get; init; }

    public UpdateState State { get; init; } = UpdateState.Idle;

    public string? Message { get; init; }

    /// <summary>What is being installed, is on trial or was committed last.</summary>
    public UpdateTarget? Target { get; init; }

    /// <summary>Set from right before the boot loader is told until the trial is decided.</summary>
    public TrialRecord? Trial { get; init; }

    public SlotContent? SlotA { get; init; }

    public SlotContent? SlotB { get; init; }

    public IReadOnlyList<FailedVersion> Failed { get; init; } = [];

    public FallbackReport? LastFallback { get; init; }

    public string? Floor { get; init; }

    public SlotContent? ContentOf(SlotId slot) => slot is SlotId.A ? SlotA : SlotB;

    public UpdateJournal WithContent(SlotId slot, SlotContent? content) => slot is SlotId.A ? this with { SlotA = content } : this with { SlotB = content };

    /// <summary>Remembers that the target failed.</summary>
    public UpdateJournal WithFailed(string reason, DateTimeOffset at) => Target is not { } target
        ? this
        : this with { Failed = [.. WithoutFailed(target).TakeLast(MostFailed - 1), new FailedVersion(target.Version, target.Build, reason, at)] };

    /// <summary>The failed versions but this one.</summary>
    public IEnumerable<FailedVersion> WithoutFailed(UpdateTarget? target) => Failed.Where(f => (f.Version, f.Build) != (target?.Version, target?.Build));
}

/// <summary>A version with what has to be known of it later.</summary>
internal sealed record UpdateTarget(string Version, string Build, string Bundle, string? Floor);

/// <summary>What is in a slot.</summary>
/// <param name="Version">Its version.</param>
/// <param name="Build">Its build; empty when that is not known.</param>
internal sealed record SlotContent(string Version, string Build = "")
{
    /// <summary>The certificates behind its signatures; empty for what no bundle brought.</summary>
    public IReadOnlyList<string> SignedBy { get; init; } = [];
}

/// <summary>A trial that is not decided.</summary>
/// <param name="Slot">On trial.</param>
/// <param name="Tries">Starts the boot loader allows.</param>
/// <param name="Starts">Starts in which the first process ran.</param>
/// <param name="Stage">The last stage reached; null before the first process ran.</param>
/// <param name="Failure">Why it was marked bad; null while it may still pass.</param>
internal sealed record TrialRecord(SlotId Slot, int Tries, int Starts = 0, string? Stage = null, string? Failure = null);
