using System.Collections;

namespace Talos.Cosi;

/// <summary>An immutable, ordered map of strings that equals another by its entries.</summary>
public sealed class ValueMap : IReadOnlyDictionary<string, string>, IEquatable<ValueMap>
{
    private readonly SortedDictionary<string, string> _entries = new(StringComparer.Ordinal);

    /// <summary>No entries.</summary>
    public static ValueMap Empty { get; } = new([]);

    /// <summary>A map of these entries; a later entry replaces an earlier one of the same key.</summary>
    public ValueMap(IEnumerable<KeyValuePair<string, string>> entries)
    {
        ArgumentNullException.ThrowIfNull(entries);
        foreach ((string key, string value) in entries)
        {
            _entries[key] = value;
        }
    }

    /// <summary>This map with one entry set.</summary>
    public ValueMap With(string key, string value) => new(_entries.Append(new(key, value)));

    /// <inheritdoc/>
    public int Count => _entries.Count;

    /// <inheritdoc/>
    public IEnumerable<string> Keys => _entries.Keys;

    /// <inheritdoc/>
    public IEnumerable<string> Values => _entries.Values;

    /// <inheritdoc/>
    public string this[string key] => _entries[key];

    /// <inheritdoc/>
    public bool ContainsKey(string key) => _entries.ContainsKey(key);

    /// <inheritdoc/>
    public bool TryGetValue(string key, [System.Diagnostics.CodeAnalysis.MaybeNullWhen(false)] out string value) =>
        _entries.TryGetValue(key, out value);

    /// <inheritdoc/>
    public bool Equals(ValueMap? other) => other is not null && _entries.SequenceEqual(other._entries);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as ValueMap);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        HashCode hash = default;
        foreach ((string key, string value) in _entries)
        {
            hash.Add(key);
            hash.Add(value);
        }

        return hash.ToHashCode();
    }

    /// <inheritdoc/>
    public override string ToString() => string.Join(',', _entries.Select(e => $"{e.Key}={e.Value}"));

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, string>> GetEnumerator() => _entries.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
