using Talos.Block.Ports;
using Talos.Block.Volumes;
using Talos.Cosi;
using Talos.Linux;
using Talos.Resources.Block;

namespace Talos.Block.Controllers;

/// <summary>Reports the volumes of the system disk: as they shall be, as they are, and where they are mounted.</summary>
internal sealed class VolumesController(VolumeManager volumes, IFilesystems filesystems, TimeProvider time) : ITriggeredController
{
    public string Name => "block.VolumesController";

    public IReadOnlyList<ControllerInput> Inputs { get; } = [ControllerInput.Weak<DiscoveredVolume>(), ControllerInput.Weak<SystemDisk>()];

    public IReadOnlyList<ControllerOutput> Outputs { get; } =
        [ControllerOutput.Exclusive<VolumeConfig>(), ControllerOutput.Exclusive<VolumeStatus>(), ControllerOutput.Exclusive<MountStatus>()];

    public Task RunTriggersAsync(Action reconcile, CancellationToken ct) =>
        Triggers.FromEventAsync(h => volumes.Changed += h, h => volumes.Changed -= h, reconcile, time, ct);

    public async Task ReconcileAsync(IControllerContext context, CancellationToken ct)
    {
        await context.WriteAsync(VolumeNames.Meta, new VolumeConfig(), ct);
        await context.WriteAsync(VolumeNames.Meta, MetaStatus(context), ct);

        foreach (VolumeDefinition volume in volumes.Definitions)
        {
            VolumeConfig config = new() { Filesystem = volume.Filesystem, Size = volume.Size ?? 0, Grow = volume.Grows, TargetPath = volume.Target };
            VolumeStatus? status = volumes.Statuses.GetValueOrDefault(volume.Id);
            await context.WriteAsync(volume.Id, config, ct);
            await context.WriteAsync(volume.Id, status ?? new VolumeStatus { Phase = VolumePhase.Waiting, Filesystem = volume.Filesystem }, ct);
            await WriteMountAsync(context, volume, ct);
        }
    }

    private async Task WriteMountAsync(IControllerContext context, VolumeDefinition volume, CancellationToken ct)
    {
        if (filesystems.FindMount(volume.Target) is { } mount && mount.Source == volumes.Statuses.GetValueOrDefault(volume.Id)?.Location)
        {
            await context.WriteAsync(volume.Id, Describe(volume, mount), ct);
        }
        else
        {
            await context.DestroyAsync<MountStatus>(volume.Id, ct);
        }
    }

    private static MountStatus Describe(VolumeDefinition volume, MountInfo mount) => new()
    {
        Spec = new MountSpec(volume.Id),
        Source = mount.Source,
        Target = mount.MountPoint,
        Filesystem = mount.Type,
        ReadOnly = mount.Options.Split(',').Contains("ro"),
    };

    private static VolumeStatus MetaStatus(IControllerContext context)
    {
        string? system = context.Find<SystemDisk>(SystemDisk.Id)?.Spec.DiskId;
        DiscoveredVolume? found = context.List<DiscoveredVolume>()
            .FirstOrDefault(v => v.Spec.Parent == system && v.Spec.PartitionLabel == VolumeNames.Meta)?.Spec;
        return found is null || system is null ? new VolumeStatus { Phase = VolumePhase.Waiting } : new VolumeStatus
        {
            Phase = VolumePhase.Ready,
            Location = found.DevicePath,
            ParentLocation = $"/dev/{system}",
            PartitionIndex = found.PartitionIndex,
            PartitionUuid = found.PartitionUuid,
            Size = found.Size,
        };
    }
}
