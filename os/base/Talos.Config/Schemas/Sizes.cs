using System.Globalization;

namespace Talos.Config;

/// <summary>Sizes in bytes: <c>512MiB</c>, <c>10GB</c>, <c>1073741824</c>.</summary>
internal static class Sizes
{
    private static readonly (string Unit, double Bytes)[] Units =
    [
        ("", 1), ("b", 1), ("kb", 1e3), ("mb", 1e6), ("gb", 1e9), ("tb", 1e12), ("pb", 1e15),
        ("kib", 1L << 10), ("mib", 1L << 20), ("gib", 1L << 30), ("tib", 1L << 40), ("pib", 1L << 50),
        ("k", 1e3), ("m", 1e6), ("g", 1e9), ("t", 1e12), ("ki", 1L << 10), ("mi", 1L << 20), ("gi", 1L << 30), ("ti", 1L << 40),
    ];

    /// <summary>Reads a size; upper and lower case of the unit mean the same.</summary>
    public static bool TryParse(string text, out long bytes)
    {
        bytes = 0;
        int digits = 0;
        while (digits < text.Length && (char.IsAsciiDigit(text[digits]) || text[digits] == '.'))
        {
            digits++;
        }

        string unit = text[digits..].Trim();
        int found = Array.FindIndex(Units, u => string.Equals(u.Unit, unit, StringComparison.OrdinalIgnoreCase));
        if (found < 0
            || !double.TryParse(text.AsSpan(0, digits), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double value)
            || value * Units[found].Bytes > long.MaxValue / 2)
        {
            return false;
        }

        bytes = (long)(value * Units[found].Bytes);
        return true;
    }
}
