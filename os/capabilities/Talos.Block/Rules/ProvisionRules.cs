using Talos.Block.Volumes;
using Talos.Disks.Gpt;
using Talos.Disks.Probing;

namespace Talos.Block.Rules;

/// <summary>
/// What is to be done to a table so that a volume exists. A partition is called <c>NAME.new</c> until its file system
/// is complete; renaming it is the one step after which it is never formatted again.
/// </summary>
internal static class ProvisionRules
{
    /// <summary>The table with a partition for the volume, complete or not, grown where it may; the same table when nothing is missing.</summary>
    /// <exception cref="VolumeException">Too little space.</exception>
    internal static GptTable WithPartition(GptTable table, VolumeDefinition volume, Func<Guid> newId)
    {
        string? label = CurrentLabel(table, volume);
        if (label is not null)
        {
            return volume.Grows ? table.Grow(label) : table;
        }

        try
        {
            GptTable added = table.Add(volume.PendingLabel, PartitionTypes.LinuxData, newId(), volume.Size);
            long size = Size(added, added.Find(volume.PendingLabel)!);
            return volume.Grows && size < VolumeDefinition.MinRest
                ? throw new VolumeException($"volume {volume.Id}: {size} bytes left on the disk, at least {VolumeDefinition.MinRest} needed")
                : added;
        }
        catch (InvalidDataException e)
        {
            throw new VolumeException($"volume {volume.Id}", e);
        }
    }

    /// <summary>Label the volume's partition has now; null when there is none.</summary>
    internal static string? CurrentLabel(GptTable table, VolumeDefinition volume) =>
        table.Find(volume.Id) is not null ? volume.Id : table.Find(volume.PendingLabel) is not null ? volume.PendingLabel : null;

    /// <summary>Whether the file system has to be made.</summary>
    internal static bool NeedsFormat(GptTable table, VolumeDefinition volume) => CurrentLabel(table, volume) == volume.PendingLabel;

    /// <summary>Refuses a complete volume that does not hold its file system: formatting it would destroy what can perhaps be saved.</summary>
    internal static void RequireFilesystem(VolumeDefinition volume, string device, ProbeResult? found)
    {
        if (found?.Type != volume.Filesystem)
        {
            throw new VolumeException(
                $"volume {volume.Id}: {device} holds {found?.Type ?? "nothing known"} instead of {volume.Filesystem}; it is not formatted, reset the node to make it anew");
        }
    }

    internal static long Size(GptTable table, GptPartition partition) => partition.Sectors * table.SectorSize;

    /// <summary>Kernel name of a partition: <c>vda5</c>, <c>mmcblk0p5</c>.</summary>
    internal static string PartitionName(string disk, int number) => char.IsAsciiDigit(disk[^1]) ? $"{disk}p{number}" : $"{disk}{number}";
}
