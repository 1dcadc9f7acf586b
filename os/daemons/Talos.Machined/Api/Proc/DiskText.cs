using Talos.Api.Machine;

namespace Talos.Machined.Api.Proc;

/// <summary>Reads <c>/proc/diskstats</c>.</summary>
/// <remarks>Source: Linux, Documentation/admin-guide/iostats.rst.</remarks>
internal static class DiskText
{
    public static DiskStats Parse(string text)
    {
        DiskStats stats = new() { Total = new DiskStat() };
        foreach (string line in ProcText.Lines(text))
        {
            string[] words = ProcText.Words(line);
            if (words.Length > 2)
            {
                DiskStat device = Device(words);
                stats.Devices.Add(device);
                Add(stats.Total, device);
            }
        }

        return stats;
    }

    private static DiskStat Device(string[] words) => new()
    {
        Name = words[2],
        ReadCompleted = ProcText.Number(words, 3),
        ReadMerged = ProcText.Number(words, 4),
        ReadSectors = ProcText.Number(words, 5),
        ReadTimeMs = ProcText.Number(words, 6),
        WriteCompleted = ProcText.Number(words, 7),
        WriteMerged = ProcText.Number(words, 8),
        WriteSectors = ProcText.Number(words, 9),
        WriteTimeMs = ProcText.Number(words, 10),
        IoInProgress = ProcText.Number(words, 11),
        IoTimeMs = ProcText.Number(words, 12),
        IoTimeWeightedMs = ProcText.Number(words, 13),
        DiscardCompleted = ProcText.Number(words, 14),
        DiscardMerged = ProcText.Number(words, 15),
        DiscardSectors = ProcText.Number(words, 16),
        DiscardTimeMs = ProcText.Number(words, 17),
    };

    private static void Add(DiskStat total, DiskStat device)
    {
        total.ReadCompleted += device.ReadCompleted;
        total.ReadMerged += device.ReadMerged;
        total.ReadSectors += device.ReadSectors;
        total.ReadTimeMs += device.ReadTimeMs;
        total.WriteCompleted += device.WriteCompleted;
        total.WriteMerged += device.WriteMerged;
        total.WriteSectors += device.WriteSectors;
        total.WriteTimeMs += device.WriteTimeMs;
        total.IoInProgress += device.IoInProgress;
        total.IoTimeMs += device.IoTimeMs;
        total.IoTimeWeightedMs += device.IoTimeWeightedMs;
        total.DiscardCompleted += device.DiscardCompleted;
        total.DiscardMerged += device.DiscardMerged;
        total.DiscardSectors += device.DiscardSectors;
        total.DiscardTimeMs += device.DiscardTimeMs;
    }
}
