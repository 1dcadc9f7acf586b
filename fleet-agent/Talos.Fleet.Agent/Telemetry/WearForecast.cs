namespace Talos.Fleet.Agent;

/// <summary>What is remembered of flash devices, so that a forecast outlives restarts.</summary>
internal sealed record WearFile
{
    public IReadOnlyDictionary<string, WearHistory> Devices { get => field ?? new Dictionary<string, WearHistory>(); init; }
}

/// <summary>One device.</summary>
internal sealed record WearHistory
{
    /// <summary>The boot whose counter was read last.</summary>
    public required string BootId { get; init; }

    /// <summary>The kernel's counter of written bytes by then; it begins at 0 with each boot.</summary>
    public required long Counter { get; init; }

    /// <summary>Bytes written in all, since this history began.</summary>
    public required long Written { get; init; }

    /// <summary>What the device warned of by then.</summary>
    public IReadOnlyList<string> Warnings { get => field ?? []; init; }

    /// <summary>Readings, at most one a day, oldest first.</summary>
    public IReadOnlyList<WearReading> Readings { get => field ?? []; init; }
}

/// <summary>A reading of one day.</summary>
internal sealed record WearReading(DateTimeOffset Time, long Written, int? UsedPercent);

/// <summary>How long a flash device will last; pure.</summary>
internal static class WearForecast
{
    /// <summary>Readings kept: a year of days.</summary>
    public const int Kept = 366;

    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    /// <summary>Takes a reading.</summary>
    /// <param name="before">What is remembered; null for a new device.</param>
    /// <param name="boot">The boot.</param>
    /// <param name="counter">The kernel's counter of written bytes in this boot.</param>
    /// <param name="usedPercent">Life that is used up, where the device tells it.</param>
    /// <param name="now">The clock; null when it cannot be trusted: only the counter is taken then.</param>
    public static WearHistory Take(WearHistory? before, string boot, long counter, int? usedPercent, DateTimeOffset? now)
    {
        long more = before is null ? counter : before.BootId != boot || counter < before.Counter ? counter : counter - before.Counter;
        WearHistory next = new() { BootId = boot, Counter = counter, Written = (before?.Written ?? 0) + more, Readings = before?.Readings ?? [] };
        if (now is { } known && next.Readings.Any(r => r.Time > known))
        {
            // The clock was ahead for a while, and was set right.
            next = next with { Readings = [.. next.Readings.Where(r => r.Time <= known)] };
        }

        if (now is not { } time || (next.Readings is [.., var last] && time - last.Time < Day))
        {
            return next;
        }

        return next with { Readings = [.. next.Readings.TakeLast(Kept - 1), new WearReading(time, next.Written, usedPercent)] };
    }

    /// <summary>Bytes written a day; null before there are two readings.</summary>
    public static long? BytesPerDay(WearHistory history) =>
        history.Readings is [var first, .., var last] && last.Time > first.Time
            ? (long)Math.Max(0, (last.Written - first.Written) / (last.Time - first.Time).TotalDays)
            : null;

    /// <summary>Days until the life is used up; null while it was not seen to change.</summary>
    /// <remarks>
    /// Measured between the first and the last step that were seen, since devices tell whole steps only.
    /// With one step seen, the time up to it is taken; the forecast is then too early rather than too late.
    /// </remarks>
    public static int? DaysLeft(WearHistory history)
    {
        WearReading[] told = [.. history.Readings.Where(r => r.UsedPercent is not null)];
        if (told.Length < 2 || told[^1].UsedPercent <= told[0].UsedPercent)
        {
            return null;
        }

        WearReading lastStep = told.First(r => r.UsedPercent == told[^1].UsedPercent);
        WearReading firstStep = told.FirstOrDefault(r => r.UsedPercent > told[0].UsedPercent && r.UsedPercent < lastStep.UsedPercent) ?? told[0];
        double days = (lastStep.Time - firstStep.Time).TotalDays;
        double perDay = (lastStep.UsedPercent!.Value - firstStep.UsedPercent!.Value) / days;
        double left = ((100 - lastStep.UsedPercent.Value) / perDay) - (told[^1].Time - lastStep.Time).TotalDays;
        return days <= 0 ? null : (int)Math.Clamp(left, 0, 36500);
    }
}
