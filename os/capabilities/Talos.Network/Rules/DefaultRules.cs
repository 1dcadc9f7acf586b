using System.Net;
using Talos.Resources.Network;

namespace Talos.Network.Rules;

/// <summary>What a node does without being told.</summary>
internal static class DefaultRules
{
    private const string LoopbackName = "lo";

    /// <summary>The plan: loopback, links up, DHCP on every device of Ethernet that nobody claims, public servers.</summary>
    /// <param name="links">The links by name.</param>
    /// <param name="claimed">Links that another layer configures or leaves alone.</param>
    /// <param name="ignored">Links that are not touched at all.</param>
    /// <param name="hostname">The name made from the hardware; null when it is switched off.</param>
    public static NetworkPlan Plan(
        IReadOnlyDictionary<string, LinkStatus> links, IReadOnlySet<string> claimed, IReadOnlySet<string> ignored, string? hostname)
    {
        List<string> devices = [.. links.Where(l => IsEthernetDevice(l.Value) && !ignored.Contains(l.Key)).Select(l => l.Key)];
        List<string> free = [.. devices.Where(name => !claimed.Contains(name))];
        return new NetworkPlan
        {
            Links =
            [
                new LinkSpec { Name = LoopbackName, Layer = ConfigLayer.Default },
                .. free.Select(name => new LinkSpec { Name = name, Layer = ConfigLayer.Default }),
            ],
            Addresses =
            [
                new AddressSpec
                {
                    Address = new IPPrefix(IPAddress.Loopback, 8), LinkName = LoopbackName, Scope = "host", Layer = ConfigLayer.Default,
                },
            ],
            Operators = [.. free.Select(name => new OperatorSpec { LinkName = name, Layer = ConfigLayer.Default })],
            Hostname = hostname is null ? null : new HostnameSpec { Hostname = hostname, Layer = ConfigLayer.Default },
            Resolvers = new ResolverSpec { DnsServers = ["1.1.1.1", "8.8.8.8"], Layer = ConfigLayer.Default },
            TimeServers = new TimeServerSpec { TimeServers = ["time.cloudflare.com"], Layer = ConfigLayer.Default },
        };
    }

    /// <summary>Whether a link is an Ethernet device of the board.</summary>
    public static bool IsEthernetDevice(LinkStatus link) => link is { Physical: true, Type: "ether" };

    /// <summary>What tells this machine from others: its UUID or serial number, or else its first hardware address.</summary>
    public static string? Identity(string boardIdentity, IEnumerable<LinkStatus> links)
    {
        if (boardIdentity.Length > 0)
        {
            return boardIdentity;
        }

        LinkStatus? first = links.Where(IsEthernetDevice).MinBy(l => l.Index);
        return first is null ? null : first.PermanentAddr.Length > 0 ? first.PermanentAddr : first.HardwareAddr;
    }
}
