using Talos.Ota.Bundle;
using Talos.Ota.Slots;

namespace Talos.Ota.Engine;

/// <summary>Updates of this node: writes the inactive slot, tries it, keeps it or goes back.</summary>
/// <remarks>Calls may come from any thread; those that change something wait for each other.</remarks>
public interface IUpdateEngine
{
    /// <summary>What is known; a snapshot without I/O.</summary>
    UpdateStatus Status { get; }

    /// <summary>Raised when <see cref="Status"/> changed; handlers only take note.</summary>
    event Action? Changed;

    /// <summary>Compares the journal with the slot that really booted. Called once, when META can be read; everything else comes later.</summary>
    /// <param name="booted">The slot stage 1 started.</param>
    /// <param name="version">Version of the running system.</param>
    /// <param name="ct">Cancels.</param>
    Task<BootReport> OnBootAsync(SlotId booted, string version, CancellationToken ct);

    /// <summary>Both slots as the boot loader sees them now.</summary>
    Task<IReadOnlyList<SlotStatus>> ReadSlotsAsync(CancellationToken ct);

    /// <summary>Writes a bundle to the inactive slot, checks it and arms its trial. What the slot holds already is neither fetched nor written.</summary>
    /// <param name="source">The bundle; it belongs to the caller.</param>
    /// <param name="options">How.</param>
    /// <param name="progress">Gets every step; may be null.</param>
    /// <param name="ct">Stops it; what was written stays for the next try.</param>
    /// <exception cref="BundleException">The bundle is refused or broken. A refusal comes before the first write.</exception>
    /// <exception cref="SlotException">A trial is pending, or the inactive slot must not be touched.</exception>
    /// <exception cref="UpdateException">Another change of the slots is under way, or it does not fit.</exception>
    Task<InstallResult> InstallAsync(IBundleSource source, InstallOptions options, IProgress<UpdateProgress>? progress, CancellationToken ct);

    /// <summary>Notes how far a boot on trial has come, for the reason of a fallback. Nothing happens outside of a trial.</summary>
    /// <param name="stage">A word such as <c>api</c> or <c>kubelet</c>.</param>
    /// <param name="ct">Cancels.</param>
    Task ReachedAsync(string stage, CancellationToken ct);

    /// <summary>Makes the running slot good and the update committed.</summary>
    Task BlessAsync(CancellationToken ct);

    /// <summary>Keeps the boot loader from a slot; the reason is kept. The caller reboots when it is the running one.</summary>
    /// <exception cref="SlotException">The slot is the last good one.</exception>
    Task MarkBadAsync(SlotId slot, string reason, CancellationToken ct);

    /// <summary>Lets the other slot start at the next boot, which the caller brings about. A running trial has failed then.</summary>
    /// <exception cref="SlotException">The other slot is not good.</exception>
    Task RollBackAsync(string reason, CancellationToken ct);

    /// <summary>Stops an install that is under way; returns when it has stopped. A pending trial is taken back too.</summary>
    /// <returns>False when there was nothing to stop.</returns>
    Task<bool> CancelAsync(CancellationToken ct);

    /// <summary>To be called right before every reboot.</summary>
    /// <returns>The argument reboot(2) needs so that a pending trial starts; null for a plain reboot.</returns>
    Task<string?> PrepareRebootAsync(CancellationToken ct);
}
