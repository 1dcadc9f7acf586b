using Talos.Imager.Components;

namespace Talos.Imager.Debian;

/// <summary>Follows a library of the root whose number changed.</summary>
internal static class Sonames
{
    private const string Mark = ".so.";

    /// <summary>The rule with the number that the package has now; null when it is not a library, or its package has none or several.</summary>
    /// <param name="rule">Names a file that the package has no more, such as <c>usr/lib/libfoo.so.1</c>.</param>
    /// <param name="names">File names in the same folder of the package.</param>
    public static FileRule? Follow(FileRule rule, IEnumerable<string> names)
    {
        string file = Path.GetFileName(rule.Pattern);
        int so = file.IndexOf(Mark, StringComparison.Ordinal);
        if (so < 0)
        {
            return null;
        }

        // libfoo.so.2 is what programs ask for; libfoo.so.2.0.1 is what it points to.
        int depth = file[(so + Mark.Length)..].Count(c => c == '.');
        string[] found =
        [
            .. names.Where(n => n.StartsWith(file[..(so + Mark.Length)], StringComparison.Ordinal)
                && n[(so + Mark.Length)..].Count(c => c == '.') == depth && n.Length > so + Mark.Length && char.IsAsciiDigit(n[so + Mark.Length])),
        ];
        return found.Length == 1
            ? new FileRule(Renamed(rule.Pattern, file, found[0]), rule.Target is null ? null : Renamed(rule.Target, file, found[0]))
            : null;
    }

    private static string Renamed(string path, string from, string to) =>
        path.EndsWith(from, StringComparison.Ordinal) ? path[..^from.Length] + to : path;
}
