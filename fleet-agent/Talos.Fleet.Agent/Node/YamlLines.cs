namespace Talos.Fleet.Agent;

/// <summary>Values out of the block YAML in which the resource state shows specs.</summary>
internal static class YamlLines
{
    /// <summary>More records of a list, or members of a record, are left out.</summary>
    public const int MaxRecords = 64, MaxMembers = 32;

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

    /// <summary>Items that are a value each.</summary>
    public static IReadOnlyList<string> Items(string yaml) =>
        [.. yaml.Split('\n').Select(l => l.TrimStart()).Where(l => l.StartsWith("- ", StringComparison.Ordinal)).Select(l => Plain(l.AsSpan(2)))];

    /// <summary>Items of the list of the first line with a key, each with its members in any order; what is nested in a member is left out.</summary>
    public static IReadOnlyList<IReadOnlyDictionary<string, string>> Records(string yaml, string key)
    {
        List<Dictionary<string, string>> records = [];
        int outer = -1, dash = -1, column = -1;
        foreach (Range range in yaml.AsSpan().Split('\n'))
        {
            ReadOnlySpan<char> line = yaml.AsSpan(range).TrimEnd();
            ReadOnlySpan<char> content = line.TrimStart(' ');
            int depth = line.Length - content.Length;
            if (content.IsEmpty)
            {
                continue;
            }

            if (outer < 0)
            {
                ReadOnlySpan<char> name = content.TrimStart(" -");
                if (name.StartsWith(key, StringComparison.Ordinal) && name[key.Length..].StartsWith(":"))
                {
                    outer = line.Length - name.Length;
                }

                continue;
            }

            if (IsItem(content) && (dash < 0 ? depth >= outer : depth == dash) && records.Count < MaxRecords)
            {
                records.Add([]);
                content = content[1..].TrimStart(' ');
                (dash, column, depth) = (depth, -1, line.Length - content.Length);
            }
            else if (dash < 0 || depth <= dash)
            {
                break;
            }

            column = column < 0 && !content.IsEmpty ? depth : column;
            if (depth == column)
            {
                AddMember(records[^1], content);
            }
        }

        return records;
    }

    private static bool IsItem(ReadOnlySpan<char> content) => content is "-" or ['-', ' ', ..];

    private static void AddMember(Dictionary<string, string> record, ReadOnlySpan<char> content)
    {
        int colon = content.IndexOf(": ", StringComparison.Ordinal);
        colon = colon < 0 && content.EndsWith(":") ? content.Length - 1 : colon;
        if (colon > 0 && record.Count < MaxMembers && !IsItem(content))
        {
            record.TryAdd(Plain(content[..colon]), Plain(content[(colon + 1)..]));
        }
    }

    private static string Plain(ReadOnlySpan<char> value) => value.Trim().Trim('"').Trim('\'').ToString();
}
