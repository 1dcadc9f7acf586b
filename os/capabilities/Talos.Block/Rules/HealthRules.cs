using Talos.Disks.Health;
using Talos.Resources.Block;

namespace Talos.Block.Rules;

/// <summary>A disk's health log in the words of its resource; pure.</summary>
internal static class HealthRules
{
    private static readonly (NvmeWarnings Bit, string Word)[] Words =
    [
        (NvmeWarnings.Spare, "spare"), (NvmeWarnings.Temperature, "temperature"), (NvmeWarnings.Reliability, "reliability"),
        (NvmeWarnings.ReadOnly, "read-only"), (NvmeWarnings.Backup, "backup"), (NvmeWarnings.PersistentMemory, "persistent-memory"),
    ];

    internal static DiskHealth Describe(NvmeHealthLog log) => new()
    {
        Warnings = [.. Words.Where(w => log.Warnings.HasFlag(w.Bit)).Select(w => w.Word)],
        UsedPercent = log.UsedPercent,
        SparePercent = log.SparePercent,
        SpareThresholdPercent = log.SpareThresholdPercent,
        TemperatureCelsius = log.TemperatureCelsius,
        ReadBytes = log.ReadBytes,
        WrittenBytes = log.WrittenBytes,
        PowerCycles = log.PowerCycles,
        PowerOnHours = log.PowerOnHours,
        UnsafeShutdowns = log.UnsafeShutdowns,
        MediaErrors = log.MediaErrors,
    };
}
