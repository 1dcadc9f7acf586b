using Talos.Ota.BootControl;
using Talos.Ota.Bundle;
using Talos.Ota.Engine.Storage;
using Talos.Ota.Slots;

namespace Talos.Ota.Engine.Steps;

/// <summary>Writes both parts of the inactive slot. The boot loader does not look at the slot meanwhile.</summary>
/// <param name="node">The node.</param>
/// <param name="bundle">Checked and allowed.</param>
/// <param name="running">The slot that is not touched.</param>
/// <param name="meter">Counts.</param>
internal sealed class Installer(UpdateNode node, BundleReader bundle, SlotId running, InstallMeter meter)
{
    private readonly SlotId _target = running.Other();

    /// <summary>What has to be known before the first write.</summary>
    /// <exception cref="UpdateException">The bundle has not all parts, or they do not fit.</exception>
    public void Check()
    {
        foreach (BundlePart part in new[] { BundlePart.Root, BundlePart.Boot })
        {
            if (bundle.Manifest.Full(part) is null)
            {
                throw new UpdateException($"bundle {bundle.Manifest.Version}: it has no full {part.ToString().ToLowerInvariant()} payload");
            }
        }

        using ISlotStorage root = OpenRoot(_target, writable: false);
        long wanted = bundle.Manifest.Full(BundlePart.Root)!.Target.Size;
        if (wanted > root.Length)
        {
            throw new UpdateException($"ROOT-{_target}: the root of version {bundle.Manifest.Version} has {wanted} bytes, the partition {root.Length}");
        }
    }

    /// <summary>Writes and checks everything, in the order of the bundle's bytes.</summary>
    /// <param name="thorough">The slot probably holds some of it.</param>
    /// <param name="ct">Cancels.</param>
    public async Task RunAsync(bool thorough, CancellationToken ct)
    {
        meter.Begin(bundle.Manifest);
        foreach (BundlePart part in bundle.Manifest.Payloads.Select(p => p.Part).Distinct())
        {
            BundlePayload full = bundle[bundle.Manifest.Full(part)!];
            using ISlotStorage storage = part is BundlePart.Root ? OpenRoot(_target, writable: true) : node.BootControl.OpenBoot(_target, full.Info.Content.Size);
            meter.Enter(UpdateState.Writing, part);
            PartStep step = new(bundle, storage, meter);
            await step.WriteFullAsync(full, SlotContents.Missing(storage, full, thorough, ct), ct).ConfigureAwait(false);
            meter.Enter(UpdateState.Verifying, part);
            step.Verify(full, ct);
        }
    }

    private ISlotStorage OpenRoot(SlotId slot, bool writable) => node.Partitions.Open($"ROOT-{slot}", writable);
}
