using Microsoft.Extensions.Logging;
using Talos.Ota.BootControl;
using Talos.Ota.Bundle;
using Talos.Ota.Delta;
using Talos.Ota.Engine.Planning;
using Talos.Ota.Engine.Storage;
using Talos.Ota.Slots;

namespace Talos.Ota.Engine.Steps;

/// <summary>Writes both parts of the inactive slot. The boot loader does not look at the slot meanwhile.</summary>
/// <param name="node">The node.</param>
/// <param name="bundle">Checked and allowed.</param>
/// <param name="running">The slot that is not touched.</param>
/// <param name="meter">Counts.</param>
/// <param name="log">Where to tell.</param>
internal sealed partial class Installer(UpdateNode node, BundleReader bundle, SlotId running, InstallMeter meter, ILogger log)
{
    private readonly SlotId _target = running.Other();

    /// <summary>What has to be known before the first write.</summary>
    /// <exception cref="UpdateException">A part is missing in the bundle, its deltas fit to nothing here, or it is too large.</exception>
    public IReadOnlyList<PartPlan> Plan(CancellationToken ct)
    {
        PartPlan[] plans = [Plan(BundlePart.Root, ct), Plan(BundlePart.Boot, ct)];
        using ISlotStorage root = OpenRoot(_target, writable: false);
        long wanted = plans[0].Target.Size;
        return wanted <= root.Length
            ? plans
            : throw new UpdateException($"ROOT-{_target}: the root of version {bundle.Manifest.Version} has {wanted} bytes, the partition {root.Length}");
    }

    /// <summary>Writes and checks everything, in the order of the bundle's bytes.</summary>
    /// <param name="plans">From <see cref="Plan(CancellationToken)"/>.</param>
    /// <param name="thorough">The slot probably holds some of it.</param>
    /// <param name="ct">Cancels.</param>
    public async Task RunAsync(IReadOnlyList<PartPlan> plans, bool thorough, CancellationToken ct)
    {
        meter.Begin(plans.Sum(p => p.Target.Size));
        PriorityQueue<(PartPlan Plan, List<int> Missing, bool ByDelta), int> steps = new();
        foreach (PartPlan plan in plans)
        {
            using ISlotStorage storage = OpenTarget(plan);
            List<int> missing = Missing(storage, plan, thorough, ct);
            bool byDelta = plan.PrefersDelta(missing);
            steps.Enqueue((plan, missing, byDelta), Index(byDelta ? plan.Delta! : plan.Full!));
        }

        while (steps.TryDequeue(out (PartPlan Plan, List<int> Missing, bool ByDelta) step, out _))
        {
            using ISlotStorage storage = OpenTarget(step.Plan);
            PartStep part = new(bundle, storage, meter);
            meter.Enter(UpdateState.Writing, step.Plan.Part);
            if (step.ByDelta && !await TryDeltaAsync(part, step.Plan, ct).ConfigureAwait(false))
            {
                // In its turn: a source that is read front to back has other payloads in between.
                meter.Restart(0);
                steps.Enqueue((step.Plan, Missing(storage, step.Plan, thorough: true, ct), false), Index(step.Plan.Full!));
                continue;
            }

            if (!step.ByDelta)
            {
                await part.WriteFullAsync(step.Plan.Full!, step.Missing, ct).ConfigureAwait(false);
            }

            meter.Enter(UpdateState.Verifying, step.Plan.Part);
            part.Verify(step.Plan, ct);
        }
    }

    private static List<int> Missing(ISlotStorage storage, PartPlan plan, bool thorough, CancellationToken ct) =>
        plan.Full is { } full ? SlotContents.Missing(storage, full, thorough, ct) : [];

    private PartPlan Plan(BundlePart part, CancellationToken ct)
    {
        PayloadInfo? full = bundle.Manifest.Full(part);
        PayloadInfo[] deltas = [.. bundle.Manifest.Payloads
            .Where(p => p.Part == part && p.Kind is PayloadKind.Delta && (full is null || p.StoredSize < full.StoredSize))
            .OrderBy(p => p.StoredSize)];
        PayloadInfo? delta = null;
        if (deltas.Length > 0)
        {
            using ISlotStorage? source = OpenBase(part);
            delta = source is null ? null : deltas.FirstOrDefault(d => SlotContents.Is(source, d.Base!, ct));
        }

        return (full ?? delta) is { } payload
            ? new PartPlan(part, payload.Target, full is null ? null : bundle[full], delta is null ? null : bundle[delta])
            : throw new UpdateException(deltas.Length > 0
                ? $"bundle {bundle.Manifest.Version}: it has only deltas for {part.ToString().ToLowerInvariant()}, and slot {running} holds the base of none; install the full bundle"
                : $"bundle {bundle.Manifest.Version}: it has nothing for {part.ToString().ToLowerInvariant()}");
    }

    private async Task<bool> TryDeltaAsync(PartStep step, PartPlan plan, CancellationToken ct)
    {
        using ISlotStorage source = OpenBase(plan.Part) ?? throw new UpdateException($"slot {running}: its {plan.Part.ToString().ToLowerInvariant()} is gone");
        try
        {
            await Task.Run(() => step.WriteDelta(plan.Delta!, source, plan.Target, ct), ct).ConfigureAwait(false);
            return true;
        }
        catch (DeltaException e) when (plan.Full is not null)
        {
            LogDeltaFailed(plan.Delta!.Info.ToString(), e.Message);
            return false;
        }
    }

    private int Index(BundlePayload payload) => bundle.Payloads.TakeWhile(p => p != payload).Count();

    private ISlotStorage OpenTarget(PartPlan plan) =>
        plan.Part is BundlePart.Root ? OpenRoot(_target, writable: true) : node.BootControl.OpenBoot(_target, plan.Target.Size);

    private ISlotStorage? OpenBase(BundlePart part) => part is BundlePart.Root ? OpenRoot(running, writable: false) : node.BootControl.ReadBoot(running);

    private ISlotStorage OpenRoot(SlotId slot, bool writable) => node.Partitions.Open($"ROOT-{slot}", writable);

    [LoggerMessage(LogLevel.Warning, "{Delta} not applied, the full payload is taken: {Problem}")]
    private partial void LogDeltaFailed(string delta, string problem);
}
