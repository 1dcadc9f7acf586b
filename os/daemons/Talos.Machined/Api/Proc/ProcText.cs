using System.Globalization;

namespace Talos.Machined.Api.Proc;

/// <summary>Numbers and words in the text files of procfs and sysfs.</summary>
internal static class ProcText
{
    /// <summary>The words of a line, parted by blanks or tabs.</summary>
    public static string[] Words(string line) => line.Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries);

    /// <summary>A number; 0 when the word is absent or none.</summary>
    public static ulong Number(IReadOnlyList<string> words, int index) =>
        index < words.Count && ulong.TryParse(words[index], NumberStyles.None, CultureInfo.InvariantCulture, out ulong number) ? number : 0;

    /// <summary>A number with a fraction; 0 when the text is none.</summary>
    public static double Fraction(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) ? number : 0;

    /// <summary>The lines of a text without empty ones.</summary>
    public static string[] Lines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
