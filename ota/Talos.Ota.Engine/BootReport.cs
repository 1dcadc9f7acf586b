using Talos.Ota.Slots;

namespace Talos.Ota.Engine;

/// <summary>What this boot means for the update.</summary>
/// <param name="Booted">The slot the node runs from.</param>
/// <param name="Kind">What to do.</param>
/// <param name="Fallback">The report that was made at this boot; null unless <see cref="BootKind.FellBack"/>.</param>
public sealed record BootReport(SlotId Booted, BootKind Kind, FallbackReport? Fallback = null);

/// <summary>What a boot is.</summary>
public enum BootKind
{
    /// <summary>A good slot; nothing is pending.</summary>
    Normal,
    /// <summary>A slot on trial: bless it when it is healthy, mark it bad at the deadline.</summary>
    Trial,
    /// <summary>The old slot after a trial that failed.</summary>
    FellBack,
    /// <summary>The old slot, because this boot loader starts a trial only when it is asked to: reboot with <see cref="IUpdateEngine.PrepareRebootAsync"/>.</summary>
    TrialAgain,
    /// <summary>A bad slot, because there is no good one: stay reachable, start no workload, wait for an update.</summary>
    Recovery,
}
