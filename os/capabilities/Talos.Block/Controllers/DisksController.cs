using Talos.Block.Ports;
using Talos.Cosi;
using Talos.Resources.Block;

namespace Talos.Block.Controllers;

/// <summary>Reports the disks, and which of them the node was booted from.</summary>
internal sealed class DisksController(IDisks disks, IBlockEvents events) : ITriggeredController
{
    public string Name => "block.DisksController";

    public IReadOnlyList<ControllerInput> Inputs { get; } = [];

    public IReadOnlyList<ControllerOutput> Outputs { get; } = [ControllerOutput.Exclusive<Disk>(), ControllerOutput.Exclusive<SystemDisk>()];

    public Task RunTriggersAsync(Action reconcile, CancellationToken ct) => events.WatchAsync(reconcile, ct);

    public async Task ReconcileAsync(IControllerContext context, CancellationToken ct)
    {
        IReadOnlyDictionary<string, Disk> found = disks.List();
        foreach ((string name, Disk disk) in found)
        {
            await context.WriteAsync(name, disk, ct);
        }

        await context.KeepOnlyAsync<Disk>([.. found.Keys], ct);

        if (disks.FindSystemDisk() is { } system && found.TryGetValue(system, out Disk? systemDisk))
        {
            await context.WriteAsync(SystemDisk.Id, new SystemDisk { DiskId = system, DevPath = systemDisk.DevicePath }, ct);
        }
        else
        {
            await context.DestroyAsync<SystemDisk>(SystemDisk.Id, ct);
        }
    }
}
