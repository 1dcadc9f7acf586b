using System.Globalization;

namespace Talos.Fleet.Agent;

/// <summary>Values out of the kernel's text files; pure. What is not there is null.</summary>
internal static class ProcText
{
    /// <summary>Busy and all ticks of all processors. Source: proc_stat(5), first line.</summary>
    public static (long Busy, long All)? CpuTicks(string? stat)
    {
        long[] ticks = Numbers(stat?.Split('\n')[0]);
        if (ticks.Length < 5)
        {
            return null;
        }

        // Guest time is in user time already.
        long all = ticks.Take(8).Aggregate(0L, (sum, t) => unchecked(sum + t));
        return (all - ticks[3] - ticks[4], all);
    }

    /// <summary>Busy percentage between two readings; null when nothing passed.</summary>
    public static double? CpuPercent((long Busy, long All)? before, (long Busy, long All)? after) =>
        before is { } b && after is { } a && a.All > b.All ? Math.Round(Math.Clamp(100.0 * (a.Busy - b.Busy) / (a.All - b.All), 0, 100), 1) : null;

    /// <summary>A value of <c>/proc/meminfo</c> in bytes.</summary>
    public static long? Memory(string? meminfo, string name)
    {
        foreach (string line in (meminfo ?? "").Split('\n'))
        {
            if (line.StartsWith(name + ":", StringComparison.Ordinal) && Numbers(line) is [>= 0 and <= long.MaxValue / 1024 and var kibibytes, ..])
            {
                return kibibytes * 1024;
            }
        }

        return null;
    }

    /// <summary>Whole seconds of <c>/proc/uptime</c>.</summary>
    public static long Uptime(string? uptime) =>
        double.TryParse(uptime?.Split(' ')[0], CultureInfo.InvariantCulture, out double seconds) && seconds is >= 0 and < 1e12 ? (long)seconds : 0;

    /// <summary>Bytes written to a block device since the start. Source: Linux, Documentation/block/stat.rst, field 7.</summary>
    public static long? WrittenBytes(string? stat) => Numbers(stat) is { Length: >= 7 } fields && fields[6] is >= 0 and <= long.MaxValue / 512 ? fields[6] * 512 : null;

    /// <summary>The worse of both life time values of an eMMC in percent; it tells steps of 10. Source: JESD84-B51, DEVICE_LIFE_TIME_EST_TYP_A and B.</summary>
    public static int? EmmcLife(string? lifeTime)
    {
        int worst = 0;
        foreach (string part in (lifeTime ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (part.StartsWith("0x", StringComparison.Ordinal) && int.TryParse(part.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int step) && step is > 0 and <= 11)
            {
                worst = Math.Max(worst, step);
            }
        }

        return worst == 0 ? null : worst == 11 ? 101 : worst * 10;
    }

    /// <summary>Whether the eMMC's reserve is at 80 % or more. Source: JESD84-B51, PRE_EOL_INFO: 1 normal, 2 warning, 3 urgent.</summary>
    public static bool? EmmcWarning(string? preEol) =>
        preEol?.Trim() is ['0', 'x', .. var digits] && int.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int level) && level is >= 1 and <= 3
            ? level >= 2
            : null;

    private static long[] Numbers(string? line) =>
        [.. (line ?? "").Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries).Select(p => long.TryParse(p, NumberStyles.None, CultureInfo.InvariantCulture, out long v) ? v : -1).Where(v => v >= 0)];
}
