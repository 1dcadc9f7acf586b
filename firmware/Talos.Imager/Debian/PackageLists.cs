using System.Globalization;

namespace Talos.Imager.Debian;

/// <summary>Reads the lists of an archive, <c>Packages</c> and <c>Sources</c>.</summary>
internal static class PackageLists
{
    /// <summary>The packages of a list.</summary>
    /// <param name="list">Text of <c>Packages</c>.</param>
    /// <param name="archive">Base of the archive, with a trailing slash.</param>
    /// <param name="suite">Suite the list belongs to.</param>
    public static IEnumerable<PackageRecord> Packages(TextReader list, string archive, string suite) =>
        Stanzas(list).Select(s => Package(s, archive, suite)).OfType<PackageRecord>();

    /// <summary>The states of one source package in a list.</summary>
    /// <param name="list">Text of <c>Sources</c>.</param>
    /// <param name="archive">Base of the archive, with a trailing slash.</param>
    /// <param name="name">Which.</param>
    public static IEnumerable<SourceRecord> Sources(TextReader list, string archive, string name) => Stanzas(list)
        .Where(s => s.GetValueOrDefault("Package") == name)
        .Select(s => new SourceRecord(name, s.GetValueOrDefault("Version", ""), archive + s.GetValueOrDefault("Directory", "") + "/", Files(s.GetValueOrDefault("Checksums-Sha256", ""))));

    private static PackageRecord? Package(Dictionary<string, string> fields, string archive, string suite)
    {
        if (!fields.TryGetValue("Package", out string? name) || !fields.TryGetValue("Version", out string? version)
            || !fields.TryGetValue("Filename", out string? path) || !fields.TryGetValue("SHA256", out string? sha256))
        {
            return null;
        }

        string depends = fields.GetValueOrDefault("Pre-Depends", "") + "," + fields.GetValueOrDefault("Depends", "");
        return new PackageRecord
        {
            Package = name,
            Version = version,
            Architecture = fields.GetValueOrDefault("Architecture", "all"),
            Path = path,
            Sha256 = sha256,
            Size = long.TryParse(fields.GetValueOrDefault("Size"), CultureInfo.InvariantCulture, out long size) ? size : 0,
            Source = fields.GetValueOrDefault("Source", name).Split(' ')[0],
            Depends = depends.Length > 1 ? Relation.ParseAll(depends) : [],
            Provides = fields.TryGetValue("Provides", out string? provides) ? Relation.ParseAll(provides) : [],
            Archive = archive,
            Suite = suite,
        };
    }

    private static Dictionary<string, string> Files(string checksums) => checksums.Split('\n')
        .Select(l => l.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        .Where(f => f.Length == 3)
        .ToDictionary(f => f[2], f => f[0], StringComparer.Ordinal);

    private static IEnumerable<Dictionary<string, string>> Stanzas(TextReader list)
    {
        Dictionary<string, string> fields = [];
        string last = "";
        while (list.ReadLine() is { } line)
        {
            if (line.Length == 0)
            {
                if (fields.Count > 0)
                {
                    yield return fields;
                    fields = [];
                }
            }
            else if (line[0] is ' ' or '\t')
            {
                // Only this field is read over several lines.
                if (last == "Checksums-Sha256")
                {
                    fields[last] += "\n" + line;
                }
            }
            else if (line.IndexOf(':', StringComparison.Ordinal) is > 0 and var colon)
            {
                last = line[..colon];
                fields[last] = line[(colon + 1)..].Trim();
            }
        }

        if (fields.Count > 0)
        {
            yield return fields;
        }
    }
}
