using Talos.Cosi;
using Talos.Resources.Block;
using Talos.Resources.Config;

namespace Talos.Block.Controllers;

/// <summary>Mounts STATE as soon as the system disk is known, and EPHEMERAL as soon as there is a machine config.</summary>
/// <remarks>Each once a boot: a volume that a sequence unmounted stays so.</remarks>
internal sealed class MountController(IVolumes volumes) : IController
{
    private readonly HashSet<string> _mounted = [];

    public string Name => "block.MountController";

    public IReadOnlyList<ControllerInput> Inputs { get; } = [ControllerInput.Weak<SystemDisk>(), ControllerInput.Weak<MachineConfig>()];

    public IReadOnlyList<ControllerOutput> Outputs { get; } = [];

    public async Task ReconcileAsync(IControllerContext context, CancellationToken ct)
    {
        if (context.Find<SystemDisk>(SystemDisk.Id) is null)
        {
            return;
        }

        await MountOnceAsync(VolumeNames.State, ct);
        if (context.Find<MachineConfig>(MachineConfig.ActiveId) is not null)
        {
            await MountOnceAsync(VolumeNames.Ephemeral, ct);
        }
    }

    private async Task MountOnceAsync(string id, CancellationToken ct)
    {
        if (!_mounted.Contains(id))
        {
            await volumes.MountAsync(id, ct);
            _mounted.Add(id);
        }
    }
}
