using System.Globalization;

namespace Talosctl.Cli;

/// <summary>Sizes and times for people.</summary>
internal static class Units
{
    private static readonly string[] Decimal = ["B", "kB", "MB", "GB", "TB", "PB"];

    public static string Bytes(ulong bytes)
    {
        double value = bytes;
        int unit = 0;
        while (value >= 1000 && unit < Decimal.Length - 1)
        {
            value /= 1000;
            unit++;
        }

        return unit == 0 ? $"{bytes} B" : string.Create(CultureInfo.InvariantCulture, $"{value:0.#} {Decimal[unit]}");
    }

    public static string MiB(ulong bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1048576.0:0.00}");

    /// <summary>A span such as 3m20s; whole seconds.</summary>
    public static string Span(TimeSpan span) => span switch
    {
        { TotalDays: >= 1 } => $"{(int)span.TotalDays}d{span.Hours}h",
        { TotalHours: >= 1 } => $"{(int)span.TotalHours}h{span.Minutes}m",
        { TotalMinutes: >= 1 } => $"{(int)span.TotalMinutes}m{span.Seconds}s",
        _ => $"{(int)span.TotalSeconds}s",
    };

    /// <summary>Reads a duration as written in Go: <c>1h2m3s</c>, <c>500ms</c>.</summary>
    public static TimeSpan Duration(string text)
    {
        System.Text.RegularExpressions.MatchCollection parts = DurationText.Parts().Matches(text);
        if (parts.Count == 0 || string.Concat(parts.Select(p => p.Value)) != text)
        {
            throw new TalosctlException($"\"{text}\" is no duration: write it like 30s, 5m or 1h30m");
        }

        return parts.Aggregate(TimeSpan.Zero, (sum, part) =>
        {
            double value = double.Parse(part.Groups[1].ValueSpan, CultureInfo.InvariantCulture);
            return sum + (part.Groups[2].Value switch
            {
                "ms" => TimeSpan.FromMilliseconds(value),
                "s" => TimeSpan.FromSeconds(value),
                "m" => TimeSpan.FromMinutes(value),
                _ => TimeSpan.FromHours(value),
            });
        });
    }
}

internal static partial class DurationText
{
    [System.Text.RegularExpressions.GeneratedRegex(@"(\d+(?:\.\d+)?)(ms|s|m|h)")]
    public static partial System.Text.RegularExpressions.Regex Parts();
}
