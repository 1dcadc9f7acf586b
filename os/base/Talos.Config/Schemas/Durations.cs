using System.Globalization;

namespace Talos.Config;

/// <summary>Durations as Go writes them: <c>1h30m</c>, <c>500ms</c>, <c>0</c>. Source: Go, package time, ParseDuration.</summary>
internal static class Durations
{
    private static readonly (string Unit, double Seconds)[] Units =
    [
        ("ns", 1e-9), ("us", 1e-6), ("µs", 1e-6), ("ms", 1e-3), ("s", 1), ("m", 60), ("h", 3600),
    ];

    /// <summary>Reads a duration that is not negative.</summary>
    public static bool TryParse(string text, out TimeSpan duration)
    {
        duration = TimeSpan.Zero;
        if (text == "0")
        {
            return true;
        }

        double seconds = 0;
        int at = 0;
        while (at < text.Length)
        {
            int digits = at;
            while (digits < text.Length && (char.IsAsciiDigit(text[digits]) || text[digits] == '.'))
            {
                digits++;
            }

            int letters = digits;
            while (letters < text.Length && !char.IsAsciiDigit(text[letters]) && text[letters] != '.')
            {
                letters++;
            }

            double unit = Array.Find(Units, u => u.Unit == text[digits..letters]).Seconds;
            if (unit == 0
                || !double.TryParse(text.AsSpan(at, digits - at), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double value))
            {
                return false;
            }

            seconds += value * unit;
            at = letters;
        }

        if (text.Length == 0 || seconds > TimeSpan.MaxValue.TotalSeconds / 2)
        {
            return false;
        }

        duration = TimeSpan.FromSeconds(seconds);
        return true;
    }
}
