using System.Net;

namespace Talos.Trustd.Rules;

/// <summary>Names and addresses of the control plane, which no other node gets.</summary>
internal sealed class ReservedNames
{
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);
    private readonly HashSet<IPAddress> _addresses = [];

    /// <param name="texts">Names and addresses, mixed.</param>
    /// <param name="resolved">Addresses that names of the control plane resolve to.</param>
    public ReservedNames(IEnumerable<string> texts, IEnumerable<IPAddress> resolved)
    {
        foreach (string text in texts)
        {
            if (IPAddress.TryParse(text, out IPAddress? address))
            {
                _addresses.Add(NameRules.Bare(address));
            }
            else
            {
                _names.Add(NameRules.Normal(text));
            }
        }

        _addresses.UnionWith(resolved.Select(NameRules.Bare));
    }

    /// <summary>The addresses.</summary>
    public IReadOnlySet<IPAddress> Addresses => _addresses;

    /// <summary>Whether a name is one of them, or the short form by which a search domain finds one of them.</summary>
    public bool Covers(string name) =>
        _names.Contains(name) || _names.Any(n => IsUnderWildcard(name, n) || n.StartsWith(name + ".", StringComparison.Ordinal));

    // The config may give the control plane a wildcard.
    private static bool IsUnderWildcard(string name, string reserved) =>
        reserved.StartsWith("*.", StringComparison.Ordinal) && name.IndexOf('.', StringComparison.Ordinal) is > 0 and int dot && name.AsSpan(dot).SequenceEqual(reserved.AsSpan(1));
}
