using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json.Serialization;
using Talos.Fleet.Protocol;

namespace Talos.Fleet.Rollouts;

/// <summary>A span of time that comes again on days of the week, in a time zone.</summary>
public sealed record WindowRule
{
    /// <summary>Name in the time zone database, such as <c>Europe/Berlin</c>, or <c>UTC</c>.</summary>
    public required string TimeZone { get; init; }

    /// <summary>Days it begins on; empty: every day.</summary>
    public IReadOnlyList<WindowDay> Days { get => field ?? []; init; }

    /// <summary>When it begins on the clocks there, such as <c>22:30</c>.</summary>
    public required string Start { get; init; }

    /// <summary>How long it is, as time goes by; 1 minute to 7 days.</summary>
    public required int Minutes { get; init; }
}

/// <summary>A day of the week.</summary>
[JsonConverter(typeof(WireEnumConverter<WindowDay>))]
[SuppressMessage("Naming", "CA1720", Justification = "Days are called so")]
public enum WindowDay
{
    /// <summary>Sunday.</summary>
    Sun,

    /// <summary>Monday.</summary>
    Mon,

    /// <summary>Tuesday.</summary>
    Tue,

    /// <summary>Wednesday.</summary>
    Wed,

    /// <summary>Thursday.</summary>
    Thu,

    /// <summary>Friday.</summary>
    Fri,

    /// <summary>Saturday.</summary>
    Sat,
}

/// <summary>When windows are open.</summary>
public static class Windows
{
    private const int MaxMinutes = 7 * 24 * 60;

    /// <summary>The start of the span that is open now; null when none is. Without rules it is always open, since the beginning of time.</summary>
    public static DateTimeOffset? OpenSince(IReadOnlyList<WindowRule> rules, DateTimeOffset now) =>
        rules.Count == 0
            ? DateTimeOffset.MinValue
            : rules.SelectMany(r => Around(r, now.AddMinutes(-r.Minutes), now)).Where(s => s.From <= now && now < s.To).Min(s => (DateTimeOffset?)s.From);

    /// <summary>Spans that are not over, in order, of the coming days; those that overlap are one.</summary>
    public static IReadOnlyList<MaintenanceWindow> Coming(IReadOnlyList<WindowRule> rules, DateTimeOffset now, int days, int max)
    {
        List<MaintenanceWindow> merged = [];
        foreach (MaintenanceWindow span in rules.SelectMany(r => Around(r, now.AddMinutes(-r.Minutes), now.AddDays(days))).Where(s => s.To > now).OrderBy(s => s.From))
        {
            if (merged is [.., { } last] && span.From <= last.To)
            {
                merged[^1] = last with { To = span.To > last.To ? span.To : last.To };
            }
            else
            {
                merged.Add(span);
            }
        }

        return merged.Count <= max ? merged : merged[..max];
    }

    /// <summary>Null for a good rule, or what is wrong with which member.</summary>
    public static string? Check(WindowRule rule) =>
        !TimeZoneInfo.TryFindSystemTimeZoneById(rule.TimeZone, out _) ? $"timeZone: {Shorten(rule.TimeZone)} is no zone of the time zone database, such as Europe/Berlin"
            : !TimeOnly.TryParseExact(rule.Start, "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out _) ? $"start: {Shorten(rule.Start)} is no time such as 22:30"
            : rule.Minutes is < 1 or > MaxMinutes ? $"minutes: {rule.Minutes} is not within 1 and {MaxMinutes}"
            : null;

    /// <summary>The rule's spans that begin between two moments.</summary>
    private static IEnumerable<MaintenanceWindow> Around(WindowRule rule, DateTimeOffset first, DateTimeOffset last)
    {
        TimeZoneInfo zone = TimeZoneInfo.FindSystemTimeZoneById(rule.TimeZone);
        TimeOnly start = TimeOnly.ParseExact(rule.Start, "HH:mm", CultureInfo.InvariantCulture);
        DateOnly end = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(last, zone).DateTime);
        for (DateOnly day = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(first, zone).DateTime).AddDays(-1); day <= end; day = day.AddDays(1))
        {
            if (rule.Days.Count == 0 || rule.Days.Contains((WindowDay)day.DayOfWeek))
            {
                DateTimeOffset from = AsMoment(day.ToDateTime(start), zone);
                yield return new MaintenanceWindow { From = from, To = from.AddMinutes(rule.Minutes) };
            }
        }
    }

    /// <summary>A clock's time as a moment: one that daylight saving time skips is the first one after it, one that comes twice is the first.</summary>
    private static DateTimeOffset AsMoment(DateTime clock, TimeZoneInfo zone)
    {
        while (zone.IsInvalidTime(clock))
        {
            clock = clock.AddMinutes(1);
        }

        TimeSpan offset = zone.IsAmbiguousTime(clock) ? zone.GetAmbiguousTimeOffsets(clock).Max() : zone.GetUtcOffset(clock);
        return new DateTimeOffset(clock, offset).ToUniversalTime();
    }

    private static string Shorten(string text) => text.Length <= 64 ? text : text[..64];
}
