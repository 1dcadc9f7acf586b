using System.Collections.ObjectModel;

namespace Talos.Fleet.Hub.Store;

/// <summary>Labels in a column: <c>\nkey=value\n</c>, so that a LIKE finds one of them.</summary>
internal static class Labels
{
    public static string Write(IReadOnlyDictionary<string, string> labels) =>
        labels.Count == 0 ? "" : $"\n{string.Join('\n', labels.OrderBy(l => l.Key, StringComparer.Ordinal).Select(l => $"{Escape(l.Key)}={Escape(l.Value)}"))}\n";

    public static IReadOnlyDictionary<string, string> Read(string text) =>
        text.Length == 0
            ? ReadOnlyDictionary<string, string>.Empty
            : text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l.Split('=', 2)).ToDictionary(l => Unescape(l[0]), l => Unescape(l[1]), StringComparer.Ordinal);

    /// <summary>The hub's labels over the node's.</summary>
    public static IReadOnlyDictionary<string, string> Merge(string node, string hub)
    {
        if (hub.Length == 0)
        {
            return Read(node);
        }

        Dictionary<string, string> merged = new(Read(node), StringComparer.Ordinal);
        foreach ((string key, string value) in Read(hub))
        {
            merged[key] = value;
        }

        return merged;
    }

    private static string Escape(string text) => Uri.EscapeDataString(text);

    private static string Unescape(string text) => Uri.UnescapeDataString(text);
}
