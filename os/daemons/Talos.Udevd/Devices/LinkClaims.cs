namespace Talos.Udevd.Devices;

/// <summary>Which device each link leads to, when several want the same.</summary>
internal sealed class LinkClaims
{
    private readonly Dictionary<string, SortedSet<string>> _claims = new(StringComparer.Ordinal);
    private readonly Dictionary<string, IReadOnlyList<string>> _links = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _winners = new(StringComparer.Ordinal);

    /// <summary>Sets all links a device wants.</summary>
    /// <returns>The links that changed: to the device they lead to now, or null when they go.</returns>
    public IReadOnlyDictionary<string, string?> Set(string device, IReadOnlyList<string> links)
    {
        HashSet<string> touched = [.. _links.GetValueOrDefault(device, []), .. links];
        foreach (string link in _links.GetValueOrDefault(device, []))
        {
            _claims[link].Remove(device);
        }

        foreach (string link in links)
        {
            if (!_claims.TryGetValue(link, out SortedSet<string>? claimants))
            {
                _claims[link] = claimants = new SortedSet<string>(StringComparer.Ordinal);
            }

            claimants.Add(device);
        }

        _links[device] = links;
        if (links.Count == 0)
        {
            _links.Remove(device);
        }

        return Decide(touched);
    }

    /// <summary>Removes a device with all it wants.</summary>
    public IReadOnlyDictionary<string, string?> Remove(string device) => Set(device, []);

    /// <summary>A link stays with the device it leads to; else it goes to the first by name.</summary>
    private Dictionary<string, string?> Decide(HashSet<string> touched)
    {
        Dictionary<string, string?> changes = new(StringComparer.Ordinal);
        foreach (string link in touched)
        {
            SortedSet<string> claimants = _claims[link];
            string? before = _winners.GetValueOrDefault(link);
            string? now = before is not null && claimants.Contains(before) ? before : claimants.Min;
            if (now is null)
            {
                _winners.Remove(link);
                _claims.Remove(link);
            }
            else
            {
                _winners[link] = now;
            }

            if (now != before)
            {
                changes[link] = now;
            }
        }

        return changes;
    }
}
