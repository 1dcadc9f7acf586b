using System.Net;

namespace Talos.Apid.Routing;

/// <summary>Names and addresses that mean this node.</summary>
internal sealed class LocalNames
{
    private readonly HashSet<string> _names;

    public LocalNames(IEnumerable<string> names) =>
        _names = names.Append("localhost").Append("127.0.0.1").Append("::1").Select(Normal).ToHashSet(StringComparer.Ordinal);

    public bool Contains(string target) => _names.Contains(Normal(target));

    /// <summary>One spelling of a name: addresses have many, host names two cases.</summary>
    public static string Normal(string name) =>
        IPAddress.TryParse(name, out IPAddress? address) ? address.ToString() : name.TrimEnd('.').ToLowerInvariant();
}
