namespace Talos.Fleet.Agent;

/// <summary>Values out of the block YAML in which the resource state shows specs.</summary>
internal static class YamlLines
{
    /// <summary>The value of the first line with a key; null when there is none.</summary>
    public static string? Value(string yaml, string key)
    {
        foreach (ReadOnlySpan<char> line in yaml.AsSpan().EnumerateLines())
        {
            ReadOnlySpan<char> content = line.TrimStart(" -");
            if (content.StartsWith(key, StringComparison.Ordinal) && content[key.Length..].StartsWith(":"))
            {
                return Plain(content[(key.Length + 1)..]);
            }
        }

        return null;
    }

    /// <summary>The values of all lines with a key.</summary>
    public static IReadOnlyList<string> Values(string yaml, string key) =>
        [.. yaml.Split('\n').Where(l => l.TrimStart(' ', '-').StartsWith(key + ":", StringComparison.Ordinal)).Select(l => Value(l, key)!)];

    /// <summary>Items that are a value each.</summary>
    public static IReadOnlyList<string> Items(string yaml) =>
        [.. yaml.Split('\n').Select(l => l.TrimStart()).Where(l => l.StartsWith("- ", StringComparison.Ordinal)).Select(l => Plain(l.AsSpan(2)))];

    private static string Plain(ReadOnlySpan<char> value) => value.Trim().Trim('"').Trim('\'').ToString();
}
