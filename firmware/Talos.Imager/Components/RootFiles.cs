using System.IO.Enumeration;

namespace Talos.Imager.Components;

/// <summary>One third-party file of the root file system.</summary>
/// <param name="Component">Name in the lock.</param>
/// <param name="Source">Absolute path on this machine; never a link.</param>
/// <param name="Target">Path in the root, without a leading slash.</param>
internal sealed record RootFile(string Component, string Source, string Target);

/// <summary>Finds the files a lock names in the unpacked trees.</summary>
internal static class RootFiles
{
    /// <summary>The files of one package for the root, links followed.</summary>
    /// <exception cref="ImagerException">A rule of the lock matches nothing.</exception>
    public static IEnumerable<RootFile> Of(IRootParts package, string folder) => package.Root.SelectMany(rule =>
        Match(package.Name, folder, rule.Pattern).Select(path => new RootFile(package.Name, Resolve(folder, path), rule.TargetOf(path))));

    /// <summary>Paths below <paramref name="folder"/> that match <paramref name="pattern"/>, in ordinal order.</summary>
    /// <exception cref="ImagerException">None matches.</exception>
    public static IReadOnlyList<string> Match(string component, string folder, string pattern)
    {
        string inner = Path.GetDirectoryName(pattern) ?? "";
        string name = Path.GetFileName(pattern);
        string directory = Path.Combine(folder, inner);
        List<string> found = Directory.Exists(directory)
            ? [.. Names(directory, name).Order(StringComparer.Ordinal).Select(n => Path.Combine(inner, n))]
            : [];
        return found.Count > 0
            ? found
            : throw new ImagerException($"{component}: the package has no {pattern}");
    }

    /// <summary>Names in <paramref name="directory"/> that match <paramref name="pattern"/>.</summary>
    public static IEnumerable<string> Names(string directory, string pattern) => Directory.EnumerateFileSystemEntries(directory)
        .Select(Path.GetFileName).OfType<string>()
        .Where(n => FileSystemName.MatchesSimpleExpression(pattern, n, ignoreCase: false));

    private static string Resolve(string folder, string path)
    {
        string full = Path.Combine(folder, path);
        string target = File.ResolveLinkTarget(full, returnFinalTarget: true)?.FullName ?? full;
        return File.Exists(target) ? target : throw new ImagerException($"{full}: a link to {target}, which is not in the package");
    }
}
