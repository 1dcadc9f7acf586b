namespace Talos.Config;

/// <summary>A YAML mapping with text keys, in the order written.</summary>
internal sealed class MappingNode(int line = 0) : Node(line)
{
    public List<MappingEntry> Entries { get; } = [];

    public override string Kind => "a mapping";

    /// <summary>The value of <paramref name="key"/>; null when it is absent.</summary>
    public Node? Find(string key) => Entries.Find(e => e.Key == key)?.Value;

    /// <summary>Sets <paramref name="key"/>, in its place when it is there, else at the end.</summary>
    public void Set(string key, Node value)
    {
        int index = Entries.FindIndex(e => e.Key == key);
        if (index < 0)
        {
            Entries.Add(new MappingEntry(key, value, 0));
        }
        else
        {
            Entries[index] = Entries[index] with { Value = value };
        }
    }

    /// <summary>Removes <paramref name="key"/>; false when it was not there.</summary>
    public bool Remove(string key) => Entries.RemoveAll(e => e.Key == key) > 0;

    public override Node Clone()
    {
        MappingNode copy = new(Line);
        copy.Entries.AddRange(Entries.Select(e => e with { Value = e.Value.Clone() }));
        return copy;
    }
}

/// <summary>One entry of a mapping.</summary>
/// <param name="Key">The key.</param>
/// <param name="Value">The value.</param>
/// <param name="Line">Line of the key.</param>
internal sealed record MappingEntry(string Key, Node Value, int Line);
