namespace Talos.Time.Rules;

/// <summary>What to do with the clock.</summary>
internal static class ClockRules
{
    /// <summary>From this offset on the clock is set at once; below, it is slewed.</summary>
    public static readonly TimeSpan StepFrom = TimeSpan.FromMilliseconds(400);

    /// <summary>This code was written later than this; a clock that shows less is wrong.</summary>
    public static readonly DateTimeOffset Written = new(2026, 11, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>The earliest time a right clock can show: the latest of what is known.</summary>
    /// <param name="kernelVersion">Text of <c>uname -v</c>; the kernel's date stands in it as <c>(2025-09-20)</c>.</param>
    /// <param name="lastKnown">The time before the last stop; null when unknown.</param>
    public static DateTimeOffset Floor(string kernelVersion, DateTimeOffset? lastKnown)
    {
        DateTimeOffset floor = Written;
        int open = kernelVersion.LastIndexOf('(');
        if (open >= 0 && kernelVersion.IndexOf(')', open) is > 0 and int close
            && DateTimeOffset.TryParseExact(
                kernelVersion[(open + 1)..close], "yyyy-MM-dd", null, System.Globalization.DateTimeStyles.AssumeUniversal, out DateTimeOffset built)
            && built.Year < 2100)
        {
            floor = built > floor ? built : floor;
        }

        return lastKnown is { Year: < 2100 } known && known > floor ? known : floor;
    }

    /// <summary>The time to set at the start; null when the clock may stay.</summary>
    /// <param name="now">What the clock shows.</param>
    /// <param name="hardware">What the board's clock shows; null when it has none.</param>
    /// <param name="floor">The earliest possible time.</param>
    public static DateTimeOffset? Start(DateTimeOffset now, DateTimeOffset? hardware, DateTimeOffset floor) =>
        now >= floor ? null : hardware is { } time && time > floor ? time : floor;
}
