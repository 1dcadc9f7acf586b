using Talos.Cosi;
using Talos.Ota.Engine;
using Talos.Resources.Ota;
using EngineStatus = Talos.Ota.Engine.UpdateStatus;
using FailedVersion = Talos.Resources.Ota.FailedVersion;
using SlotStatus = Talos.Resources.Ota.SlotStatus;
using UpdateStatus = Talos.Resources.Ota.UpdateStatus;

namespace Talos.Machined.Updates;

/// <summary>Reports the slots and the update.</summary>
internal sealed class UpdateStatusController(IUpdateEngine engine, UpdateBoot boot) : ITriggeredController
{
    /// <summary>State and outcome for which the slots were read last: progress alone does not change them.</summary>
    private (UpdateState State, string? Version, FallbackReport? Fallback)? _slotsOf;

    /// <inheritdoc/>
    public string Name => "update.UpdateStatusController";

    /// <inheritdoc/>
    public IReadOnlyList<ControllerInput> Inputs { get; } = [];

    /// <inheritdoc/>
    public IReadOnlyList<ControllerOutput> Outputs { get; } = [ControllerOutput.Exclusive<SlotStatus>(), ControllerOutput.Exclusive<UpdateStatus>()];

    /// <inheritdoc/>
    public async Task ReconcileAsync(IControllerContext context, CancellationToken ct)
    {
        if (boot.Report is null)
        {
            return;
        }

        EngineStatus status = engine.Status;
        await context.WriteAsync(UpdateStatus.Id, Resource(status), ct);
        (UpdateState, string?, FallbackReport?) key = (status.State, status.Version, status.LastFallback);
        if (_slotsOf == key)
        {
            return;
        }

        foreach (Talos.Ota.Engine.SlotStatus slot in await engine.ReadSlotsAsync(ct))
        {
            await context.WriteAsync(slot.Slot.Id.ToString(), Resource(slot), ct);
        }

        _slotsOf = key;
    }

    /// <inheritdoc/>
    public async Task RunTriggersAsync(Action reconcile, CancellationToken ct)
    {
        boot.Changed += reconcile;
        engine.Changed += reconcile;
        try
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        finally
        {
            boot.Changed -= reconcile;
            engine.Changed -= reconcile;
        }
    }

    private static SlotStatus Resource(Talos.Ota.Engine.SlotStatus slot) => new()
    {
        Condition = slot.Slot.Condition.ToString().ToLowerInvariant(),
        Version = slot.Version ?? "",
        Running = slot.Running,
        Next = slot.Next,
        TriesLeft = slot.Slot.TriesLeft,
        TriesDone = slot.Slot.TriesDone,
    };

    private static UpdateStatus Resource(EngineStatus status) => new()
    {
        State = status.State.ToString().ToLowerInvariant(),
        RunningSlot = status.Running?.ToString() ?? "",
        Version = status.Version ?? "",
        Percent = status.Progress is { TotalBytes: > 0 } progress ? (int)(progress.DoneBytes * 100 / progress.TotalBytes) : 0,
        Message = status.Message ?? "",
        Floor = status.Floor ?? "",
        LastFallback = status.LastFallback is { } f ? new Fallback(f.Slot.ToString(), f.Version, f.Stage ?? "", f.Reason, f.Starts, f.At) : null,
        FailedVersions = [.. status.FailedVersions.Select(v => new FailedVersion(v.Version, v.Reason, v.At))],
    };
}
