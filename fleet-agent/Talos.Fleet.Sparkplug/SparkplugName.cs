using System.Text;

namespace Talos.Fleet.Sparkplug;

/// <summary>Names in topics and of metrics.</summary>
public static class SparkplugName
{
    /// <summary>Longest name of a group, an edge node, a device or a host, in characters.</summary>
    public const int MaxLength = 128;

    /// <summary>What is wrong with a name in a topic; null when it is good.</summary>
    /// <remarks>Source: Sparkplug specification 3.0, section 4.1: no wildcards and no slash.</remarks>
    public static string? Problem(string name) =>
        name.Length is 0 or > MaxLength ? $"is not 1 to {MaxLength} characters"
            : name.AsSpan().IndexOfAny("+/#") >= 0 ? "has one of + / #"
            : name.Any(char.IsControl) || WellFormed(name) != name ? "has a character that MQTT does not take"
            : null;

    /// <summary>One part of a metric's name: without slashes at its ends and with others as dashes, so that a path stays one part.</summary>
    public static string Part(string text)
    {
        string part = new([.. WellFormed(text).Trim('/').Select(c => c == '/' ? '-' : char.IsControl(c) ? ' ' : c)]);
        return part.Length == 0 ? "root" : part;
    }

    internal static string WellFormed(string text)
    {
        StringBuilder? good = null;
        for (int i = 0; i < text.Length; i++)
        {
            bool pair = char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]);
            if (pair)
            {
                i++;
            }
            else if (char.IsSurrogate(text[i]))
            {
                good ??= new StringBuilder(text);
                good[i] = '?';
            }
        }

        return good?.ToString() ?? text;
    }
}
