using System.Net;
using Talos.Trustd.Rules;

namespace Talos.Trustd;

/// <summary>Who was given which name, for as long as such a certificate lasts: nobody else gets it meanwhile. Bounded; the oldest goes first.</summary>
/// <param name="time">The clock.</param>
/// <param name="lifetime">How long a name stays with a node that does not ask again.</param>
/// <param name="limit">Names that are remembered.</param>
internal sealed class NameHolders(TimeProvider time, TimeSpan lifetime, int limit = NameHolders.MostNames)
{
    /// <summary>More than the nodes of one control plane have.</summary>
    public const int MostNames = 16_384;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, LinkedListNode<Entry>> _byName = new(StringComparer.Ordinal);
    private readonly LinkedList<Entry> _byAge = new();

    /// <summary>Names that are remembered now.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _byName.Count;
            }
        }
    }

    /// <summary>Where the holder of a name is, when it is not the caller; null when the caller may have it.</summary>
    /// <param name="name">The name, or an address as text.</param>
    /// <param name="peer">Where the caller's connection comes from.</param>
    /// <param name="key">Fingerprint of the caller's key: a node that moved keeps it.</param>
    public string? Other(string name, IPAddress peer, string key)
    {
        lock (_gate)
        {
            return _byName.TryGetValue(name, out LinkedListNode<Entry>? node) && node.Value is var entry
                && time.GetElapsedTime(entry.Given) < lifetime && entry.Peer != NameRules.Bare(peer).ToString() && entry.Key != key
                    ? entry.Peer
                    : null;
        }
    }

    /// <summary>
    /// Notes what a node was given. Of addresses only the one it speaks from is noted: behind two NATs two nodes may have the same one.
    /// </summary>
    public void Note(IEnumerable<string> names, IEnumerable<IPAddress> addresses, IPAddress peer, string key)
    {
        string from = NameRules.Bare(peer).ToString();
        lock (_gate)
        {
            foreach (string name in names.Concat(addresses.Select(a => a.ToString()).Where(a => a == from)))
            {
                if (_byName.Remove(name, out LinkedListNode<Entry>? before))
                {
                    _byAge.Remove(before);
                }

                _byName[name] = _byAge.AddLast(new Entry(name, from, key, time.GetTimestamp()));
            }

            while (_byAge.First is { } oldest && (_byName.Count > limit || time.GetElapsedTime(oldest.Value.Given) >= lifetime))
            {
                _byAge.RemoveFirst();
                _byName.Remove(oldest.Value.Name);
            }
        }
    }

    private sealed record Entry(string Name, string Peer, string Key, long Given);
}
