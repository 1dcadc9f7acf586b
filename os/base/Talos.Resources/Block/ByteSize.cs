using System.Globalization;

namespace Talos.Resources.Block;

/// <summary>Sizes for people.</summary>
public static class ByteSize
{
    private static readonly string[] Units = ["B", "kB", "MB", "GB", "TB", "PB", "EB"];

    /// <summary>In powers of 1000, with one decimal below 10: <c>8.6 GB</c>, <c>105 MB</c>, <c>512 B</c>.</summary>
    public static string Format(long bytes)
    {
        double value = Math.Max(bytes, 0);
        int unit = 0;
        while (value >= 999.5 && unit < Units.Length - 1)
        {
            value /= 1000;
            unit++;
        }

        string number = unit > 0 && value < 9.95
            ? value.ToString("0.0", CultureInfo.InvariantCulture)
            : Math.Round(value).ToString("0", CultureInfo.InvariantCulture);
        return $"{number} {Units[unit]}";
    }
}
