using System.Net;
using Talos.Config;
using Talos.Resources.Secrets;

namespace Talos.Secrets.Rules;

/// <summary>For which names the certificates of this node are good.</summary>
internal static class Names
{
    /// <summary>Those of every host.</summary>
    public static readonly IReadOnlyList<string> Always = ["localhost", "127.0.0.1", "::1"];

    /// <summary>Names of the node itself and names that the config gives besides.</summary>
    /// <param name="configuration">The config; null in maintenance.</param>
    /// <param name="hostnames">Host name, with and without its domain.</param>
    /// <param name="addresses">Addresses of the node.</param>
    public static CertSan Of(MachineConfiguration? configuration, IEnumerable<string> hostnames, IEnumerable<IPAddress> addresses)
    {
        string[] own = Ordered([.. Always, .. hostnames, .. addresses.Select(a => a.ToString())]);
        string? endpoint = configuration?.Kind is MachineKind.ControlPlane ? configuration.Cluster.Endpoint?.IdnHost : null;
        return new CertSan
        {
            Own = [.. own],
            Names = [.. Ordered([.. own, .. configuration?.CertSans ?? [], endpoint ?? ""])],
        };
    }

    private static string[] Ordered(IEnumerable<string> names) =>
        [.. names.Select(Normal).Where(n => n.Length > 0).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    // As a certificate gives it back: an address in its one spelling and without the name of a link.
    private static string Normal(string name)
    {
        string bare = name.Trim('[', ']');
        return IPAddress.TryParse(bare, out IPAddress? address) ? new IPAddress(address.GetAddressBytes()).ToString() : bare;
    }
}
