using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Talos.Block.Ports;
using Talos.Block.Rules;
using Talos.Disks.Gpt;
using Talos.Resources.Block;

namespace Talos.Block.Volumes;

/// <summary>Makes, mounts and wipes the volumes of the system disk, one call at a time.</summary>
internal sealed partial class VolumeManager(
    IDisks disks, IFilesystems filesystems, MetaStore meta, IReadOnlyList<VolumeDefinition> definitions, TimeProvider time, ILogger<VolumeManager> log)
    : IVolumes
{
    private static readonly TimeSpan BusyLimit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan BusyInterval = TimeSpan.FromMilliseconds(100);

    private readonly OneAtATime _calls = new();
    private ImmutableSortedDictionary<string, VolumeStatus> _statuses = ImmutableSortedDictionary<string, VolumeStatus>.Empty;

    /// <summary>Raised when a status or a mount changed; handlers only take note.</summary>
    public event Action? Changed;

    public IReadOnlyList<VolumeDefinition> Definitions => definitions;

    /// <summary>Volumes that were asked for, as they are.</summary>
    public IReadOnlyDictionary<string, VolumeStatus> Statuses => _statuses;

    public Task MountAsync(string id, CancellationToken ct)
    {
        VolumeDefinition volume = Find(id);
        return _calls.RunAsync(() => MountNowAsync(volume, ct), ct);
    }

    public Task UnmountAsync(string id, CancellationToken ct)
    {
        VolumeDefinition volume = Find(id);
        return _calls.RunAsync(() => UnmountNowAsync(volume, ct), ct);
    }

    public Task WipeAsync(IReadOnlyCollection<string> ids, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(ids);
        VolumeDefinition[] volumes = [.. ids.Where(id => id != VolumeNames.Meta).Select(Find)];
        return _calls.RunAsync(() => Task.Run(() => Wipe(volumes, ids.Contains(VolumeNames.Meta)), CancellationToken.None), ct);
    }

    private async Task MountNowAsync(VolumeDefinition volume, CancellationToken ct)
    {
        try
        {
            if (filesystems.FindMount(volume.Target) is { } mounted && mounted.Source == _statuses.GetValueOrDefault(volume.Id)?.Location)
            {
                return;
            }

            VolumeStatus status = await PrepareWithEarlierAsync(volume, ct).ConfigureAwait(false);
            filesystems.Mount(status.Location, volume.Target, volume.Filesystem);
            if (volume.Grows && filesystems.Grow(status.Location, volume.Target, volume.Filesystem))
            {
                LogGrown(volume.Id, status.Size);
            }

            Set(volume.Id, status with { Phase = VolumePhase.Ready });
            LogMounted(volume.Id, status.Location, volume.Target);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            Set(volume.Id, (_statuses.GetValueOrDefault(volume.Id) ?? Located(volume)) with { Phase = VolumePhase.Failed, ErrorMessage = Chain(e) });
            throw;
        }
    }

    private async Task UnmountNowAsync(VolumeDefinition volume, CancellationToken ct)
    {
        long start = time.GetTimestamp();
        while (filesystems.FindMount(volume.Target) is not null && !filesystems.TryUnmount(volume.Target))
        {
            if (time.GetElapsedTime(start) > BusyLimit)
            {
                filesystems.Detach(volume.Target);
                LogDetached(volume.Id, volume.Target, (int)BusyLimit.TotalSeconds);
                break;
            }

            await Task.Delay(BusyInterval, time, ct).ConfigureAwait(false);
        }

        if (_statuses.GetValueOrDefault(volume.Id) is { Phase: VolumePhase.Ready } status)
        {
            Set(volume.Id, status with { Phase = VolumePhase.Closed });
        }
    }

    private void Wipe(VolumeDefinition[] volumes, bool withMeta)
    {
        if (volumes.FirstOrDefault(v => filesystems.FindMount(v.Target) is not null) is { } mounted)
        {
            throw new VolumeException($"volume {mounted.Id} is mounted on {mounted.Target}: unmount it before it is wiped");
        }

        foreach (VolumeDefinition volume in volumes)
        {
            Wipe(volume);
        }

        if (withMeta)
        {
            meta.Clear();
            LogWiped(VolumeNames.Meta);
        }
    }

    /// <summary>A volume that takes the rest of the disk must not be made before those that lie in front of it.</summary>
    private async Task<VolumeStatus> PrepareWithEarlierAsync(VolumeDefinition volume, CancellationToken ct)
    {
        using IOpenDisk disk = disks.Open(SystemDiskName());
        foreach (VolumeDefinition earlier in definitions.TakeWhile(d => d.Id != volume.Id))
        {
            if (ReadTable(disk).Find(earlier.Id) is null)
            {
                await PrepareAsync(disk, earlier, ct).ConfigureAwait(false);
            }
        }

        return await PrepareAsync(disk, volume, ct).ConfigureAwait(false);
    }

    private async Task<VolumeStatus> PrepareAsync(IOpenDisk disk, VolumeDefinition volume, CancellationToken ct)
    {
        GptTable table = ReadTable(disk);
        GptTable wanted = ProvisionRules.WithPartition(table, volume, Guid.NewGuid);
        if (!wanted.Equals(table))
        {
            Write(disk, wanted);
            LogTableChanged(disk.Path, volume.Id);
        }

        GptPartition partition = wanted.Find(ProvisionRules.CurrentLabel(wanted, volume)!)!;
        string device = disk.Attach(wanted, partition);
        VolumeStatus status = Located(volume) with
        {
            Phase = VolumePhase.Provisioned,
            Location = device,
            ParentLocation = disk.Path,
            PartitionIndex = partition.Number,
            PartitionUuid = partition.Id.ToString("D"),
            Size = ProvisionRules.Size(wanted, partition),
        };
        Set(volume.Id, status);

        if (ProvisionRules.NeedsFormat(wanted, volume))
        {
            await filesystems.MakeAsync(volume.Filesystem, device, volume.Id, ct).ConfigureAwait(false);
            ProvisionRules.RequireFilesystem(volume, device, filesystems.Probe(device));
            Write(disk, wanted.Rename(volume.PendingLabel, volume.Id));
            disk.Announce(partition);
            LogMade(volume.Id, volume.Filesystem, device);
            return status;
        }

        Disks.Probing.ProbeResult? found = filesystems.Probe(device);
        ProvisionRules.RequireFilesystem(volume, device, found);
        if (found!.NeedsRecovery)
        {
            await filesystems.CheckAsync(volume.Filesystem, device, ct).ConfigureAwait(false);
            LogChecked(volume.Id, device);
        }

        return status;
    }

    private void Wipe(VolumeDefinition volume)
    {
        using IOpenDisk disk = disks.Open(SystemDiskName());
        GptTable table = ReadTable(disk);
        if (ProvisionRules.CurrentLabel(table, volume) is not { } label)
        {
            return;
        }

        // The rename comes first: from here on the content counts for nothing, even when the power fails before it is gone.
        GptTable pending = label == volume.Id ? table.Rename(volume.Id, volume.PendingLabel) : table;
        if (!pending.Equals(table))
        {
            Write(disk, pending);
        }

        filesystems.Wipe(disk.Attach(pending, pending.Find(volume.PendingLabel)!));
        Set(volume.Id, Located(volume));
        LogWiped(volume.Id);
    }

    /// <summary>Reads the table and puts both copies right first, so that a grown disk has its backup at the end.</summary>
    private GptTable ReadTable(IOpenDisk disk)
    {
        GptReadResult found = disk.ReadTable() ?? throw new VolumeException($"{disk.Path}: no intact partition table");
        if (found.Condition is not GptCondition.Good)
        {
            disk.Apply(GptWriter.Plan(found.Table, found.Condition, disk.ReadFirstSector()));
            LogTableRepaired(disk.Path, found.Condition);
        }

        return found.Table;
    }

    private static void Write(IOpenDisk disk, GptTable table) =>
        disk.Apply(GptWriter.Plan(table, GptCondition.Good, disk.ReadFirstSector()));

    private string SystemDiskName() => disks.FindSystemDisk() ?? throw new VolumeException("the root file system is on no disk");

    private VolumeDefinition Find(string id) =>
        definitions.FirstOrDefault(d => d.Id == id) ?? throw new VolumeException($"no volume is called {id}");

    private static VolumeStatus Located(VolumeDefinition volume) => new() { Phase = VolumePhase.Waiting, Filesystem = volume.Filesystem };

    private void Set(string id, VolumeStatus status)
    {
        ImmutableInterlocked.Update(ref _statuses, s => s.SetItem(id, status));
        Changed?.Invoke();
    }

    private static string Chain(Exception e) => e.InnerException is { } inner ? $"{e.Message}: {Chain(inner)}" : e.Message;

    [LoggerMessage(LogLevel.Information, "Volume {Volume} mounted: {Device} on {Target}")]
    private partial void LogMounted(string volume, string device, string target);

    [LoggerMessage(LogLevel.Information, "Volume {Volume} made: {Filesystem} on {Device}")]
    private partial void LogMade(string volume, string filesystem, string device);

    [LoggerMessage(LogLevel.Information, "Volume {Volume} grown to {Size} bytes")]
    private partial void LogGrown(string volume, long size);

    [LoggerMessage(LogLevel.Information, "Partition table of {Disk} changed for volume {Volume}")]
    private partial void LogTableChanged(string disk, string volume);

    [LoggerMessage(LogLevel.Information, "Partition table of {Disk} put right: {Condition}")]
    private partial void LogTableRepaired(string disk, GptCondition condition);

    [LoggerMessage(LogLevel.Information, "Volume {Volume} checked: {Device}")]
    private partial void LogChecked(string volume, string device);

    [LoggerMessage(LogLevel.Warning, "Volume {Volume} on {Target} was still in use after {Seconds} s and is detached")]
    private partial void LogDetached(string volume, string target, int seconds);

    [LoggerMessage(LogLevel.Information, "Volume {Volume} wiped")]
    private partial void LogWiped(string volume);
}
