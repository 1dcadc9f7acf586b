using System.Globalization;
using System.Text;

namespace Talos.Fleet.Pages;

/// <summary>Lines over time as SVG; colours come from the style sheet.</summary>
internal static class Charts
{
    private const double Width = 360;
    private const double Height = 130;
    private const double Left = 34;
    private const double Right = 6;
    private const double Top = 8;
    private const double Bottom = 20;
    private const int MaxPoints = 240;

    /// <param name="title">What is measured.</param>
    /// <param name="unit">Its unit.</param>
    /// <param name="points">The values, the oldest first.</param>
    /// <param name="most">Upper end of the scale; null: as the values have it.</param>
    public static Html Line(string title, string unit, IReadOnlyList<(DateTimeOffset Time, double Value)> points, double? most = null)
    {
        if (points.Count == 0)
        {
            return Html.Empty;
        }

        IReadOnlyList<(DateTimeOffset Time, double Value)> drawn = Thinned(points);
        (double low, double high) = Scale(drawn, most);
        string last = Short(points[^1].Value);
        return Html.Of($"""
            <figure class="card chart"><figcaption><b>{title}</b> <span>{last} {unit}</span></figcaption>
            <svg viewBox="0 0 {Width} {Height}" role="img" aria-label="{title}: {last} {unit} now, between {Short(points.Min(p => p.Value))} and {Short(points.Max(p => p.Value))} {unit} since {Words.Moment(points[0].Time)}">
            {Grid(low, high)}
            <path class="line" d="{Path(drawn, low, high)}"/>
            {Html.If(drawn.Count == 1, $"<circle class=\"dot\" cx=\"{X(drawn, 0)}\" cy=\"{Y(drawn[0].Value, low, high)}\" r=\"2.5\"/>")}
            <text x="{Left}" y="{Height - 5}">{Clock(drawn[0].Time, drawn)}</text>
            <text x="{Width - Right}" y="{Height - 5}" class="end">{Clock(drawn[^1].Time, drawn)}</text>
            </svg></figure>
            """);
    }

    /// <summary>A bar of parts, for a wave.</summary>
    public static Html Parts(string label, params (int Count, string Kind)[] parts)
    {
        double all = Math.Max(1, parts.Sum(p => p.Count));
        double at = 0;
        List<Html> rectangles = [];
        foreach ((int count, string kind) in parts.Where(p => p.Count > 0))
        {
            double width = count / all * 100;
            rectangles.Add(Html.Of($"""<rect class="{kind}" x="{at}" y="0" width="{width}" height="10"/>"""));
            at += width;
        }

        return Html.Of($"""<svg class="parts" viewBox="0 0 100 10" preserveAspectRatio="none" role="img" aria-label="{label}">{rectangles}</svg>""");
    }

    private static Html Grid(double low, double high) => Html.Join(new[] { low, (low + high) / 2, high }.Select(v => Html.Of($"""
        <line class="grid" x1="{Left}" x2="{Width - Right}" y1="{Y(v, low, high)}" y2="{Y(v, low, high)}"/><text class="end" x="{Left - 4}" y="{Y(v, low, high) + 3.5}">{Short(v)}</text>
        """)));

    /// <summary>The line breaks where the node was silent for three times as long as usual.</summary>
    private static string Path(IReadOnlyList<(DateTimeOffset Time, double Value)> points, double low, double high)
    {
        TimeSpan[] steps = [.. points.Zip(points.Skip(1), (a, b) => b.Time - a.Time).Order()];
        TimeSpan gap = steps.Length == 0 ? TimeSpan.MaxValue : steps[steps.Length / 2] * 3;
        StringBuilder path = new();
        for (int i = 0; i < points.Count; i++)
        {
            bool moves = i == 0 || points[i].Time - points[i - 1].Time > gap;
            path.Append(CultureInfo.InvariantCulture, $"{(moves ? 'M' : 'L')}{X(points, i):0.#} {Y(points[i].Value, low, high):0.#}");
        }

        return path.ToString();
    }

    private static double X(IReadOnlyList<(DateTimeOffset Time, double Value)> points, int i)
    {
        double all = (points[^1].Time - points[0].Time).TotalSeconds;
        return Left + (all <= 0 ? (Width - Left - Right) / 2 : (points[i].Time - points[0].Time).TotalSeconds / all * (Width - Left - Right));
    }

    private static double Y(double value, double low, double high) => Height - Bottom - ((Math.Clamp(value, low, high) - low) / (high - low) * (Height - Top - Bottom));

    private static (double Low, double High) Scale(IReadOnlyList<(DateTimeOffset Time, double Value)> points, double? most)
    {
        double low = most is null ? Math.Min(0, points.Min(p => p.Value)) : 0;
        double high = most ?? points.Max(p => p.Value);
        return (low, high > low ? high : low + 1);
    }

    /// <summary>No more points than a screen shows: neighbours become their mean.</summary>
    private static IReadOnlyList<(DateTimeOffset Time, double Value)> Thinned(IReadOnlyList<(DateTimeOffset Time, double Value)> points)
    {
        int size = (points.Count + MaxPoints - 1) / MaxPoints;
        return size <= 1 ? points : [.. points.Chunk(size).Select(c => (c[^1].Time, c.Average(p => p.Value)))];
    }

    private static string Clock(DateTimeOffset time, IReadOnlyList<(DateTimeOffset Time, double Value)> points) =>
        time.UtcDateTime.ToString(points[^1].Time - points[0].Time > TimeSpan.FromHours(20) ? "MM-dd HH:mm" : "HH:mm:ss", CultureInfo.InvariantCulture);

    private static string Short(double value) => value.ToString(Math.Abs(value) >= 100 ? "0" : "0.#", CultureInfo.InvariantCulture);
}
