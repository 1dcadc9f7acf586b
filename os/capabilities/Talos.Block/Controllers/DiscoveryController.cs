using Talos.Block.Ports;
using Talos.Block.Volumes;
using Talos.Cosi;
using Talos.Resources.Block;

namespace Talos.Block.Controllers;

/// <summary>Reports what the disks and their partitions hold.</summary>
internal sealed class DiscoveryController(IDisks disks, VolumeManager volumes, TimeProvider time) : ITriggeredController
{
    public string Name => "block.DiscoveryController";

    public IReadOnlyList<ControllerInput> Inputs { get; } = [ControllerInput.Weak<Disk>()];

    public IReadOnlyList<ControllerOutput> Outputs { get; } = [ControllerOutput.Exclusive<DiscoveredVolume>()];

    public Task RunTriggersAsync(Action reconcile, CancellationToken ct) =>
        Triggers.FromEventAsync(h => volumes.Changed += h, h => volumes.Changed -= h, reconcile, time, ct);

    public async Task ReconcileAsync(IControllerContext context, CancellationToken ct)
    {
        IReadOnlyDictionary<string, DiscoveredVolume> found = disks.Discover(context.List<Disk>().Select(d => d.Id));
        foreach ((string name, DiscoveredVolume volume) in found)
        {
            await context.WriteAsync(name, volume, ct);
        }

        await context.KeepOnlyAsync<DiscoveredVolume>([.. found.Keys], ct);
    }
}
