using System.IO.Enumeration;
using System.Net.Sockets;
using Talos.Config;
using Talos.Resources.Network;

namespace Talos.Network.Rules;

/// <summary>What the machine config says about the network.</summary>
internal static class ConfigurationRules
{
    /// <summary>The plan of a config; a link chosen by hardware that is not there yet is left out.</summary>
    public static NetworkPlan Plan(MachineConfiguration config, IReadOnlyDictionary<string, LinkStatus> links)
    {
        NetworkConfiguration network = config.Network;
        List<(string Name, LinkConfiguration Link)> chosen = [.. network.Links.SelectMany(link => Names(link, links).Select(name => (name, link)))];
        List<(string Name, LinkConfiguration Link)> used = [.. chosen.Where(c => !c.Link.Ignore)];
        (string hostname, string domain) = HostnameRules.Split(network.Hostname);

        return new NetworkPlan
        {
            Links = [.. used.Select(c => new LinkSpec
            {
                Name = c.Name, Up = c.Link.Up ?? true, Mtu = (uint)(c.Link.Mtu ?? 0), Layer = ConfigLayer.Configuration,
            })],
            Addresses = [.. used.SelectMany(c => c.Link.Addresses.Select(a => new AddressSpec
            {
                Address = new IPPrefix(a.Address, a.PrefixLength),
                LinkName = c.Name,
                Priority = a.RoutePriority ?? 0,
                AnnounceWithArp = true,
                Layer = ConfigLayer.Configuration,
            }))],
            Routes = [.. used.SelectMany(c => c.Link.Routes.Select(r => Route(c.Name, c.Link, r)))],
            Operators = [.. used.Where(c => c.Link.Dhcp4 is not null).Select(c => Dhcp(c.Name, c.Link.Dhcp4!))],
            Hostname = hostname.Length == 0
                ? null
                : new HostnameSpec { Hostname = hostname, Domainname = domain, Layer = ConfigLayer.Configuration },
            Resolvers = network.Nameservers.Count == 0 && network.SearchDomains.Count == 0
                ? null
                : new ResolverSpec
                {
                    DnsServers = [.. network.Nameservers.Select(a => a.ToString())],
                    SearchDomains = [.. network.SearchDomains],
                    Layer = ConfigLayer.Configuration,
                },
            TimeServers = config.Time.Servers.Count == 0
                ? null
                : new TimeServerSpec { TimeServers = [.. config.Time.Servers], Layer = ConfigLayer.Configuration },
            ClaimedLinks = [.. chosen.Select(c => c.Name)],
        };
    }

    /// <summary>Names of the links that a config tells to leave alone.</summary>
    public static IEnumerable<string> IgnoredLinks(MachineConfiguration config, IReadOnlyDictionary<string, LinkStatus> links) =>
        config.Network.Links.Where(l => l.Ignore).SelectMany(l => Names(l, links));

    private static RouteSpec Route(string name, LinkConfiguration link, LinkRoute route)
    {
        IPFamily family = route.Family is AddressFamily.InterNetworkV6 ? IPFamily.Inet6 : IPFamily.Inet4;
        bool near = route.Gateway is null
            || route.Gateway.IsIPv6LinkLocal
            || link.Addresses.Any(a => new IPPrefix(a.Address, a.PrefixLength).Contains(route.Gateway));
        return new RouteSpec
        {
            Family = family,
            Destination = route.Destination is { PrefixLength: > 0 } to ? new IPPrefix(to.BaseAddress, to.PrefixLength) : null,
            Gateway = route.Gateway,
            Source = route.Source,
            OutLinkName = name,
            Table = KernelNames.TableNumber(route.Table),
            Priority = route.Metric ?? RouteSpec.DefaultPriority,
            Scope = route.Gateway is null && family is IPFamily.Inet4 ? "link" : "global",
            OnLink = !near && link.Dhcp4 is null && link.Addresses.Count > 0,
            Mtu = (uint)(route.Mtu ?? 0),
            Layer = ConfigLayer.Configuration,
        };
    }

    private static OperatorSpec Dhcp(string name, DhcpConfiguration dhcp) => new()
    {
        LinkName = name,
        Dhcp4 = new Dhcp4OperatorSpec
        {
            RouteMetric = dhcp.RouteMetric ?? RouteSpec.DefaultPriority,
            SkipHostnameRequest = dhcp.IgnoreHostname,
            SkipRoutes = dhcp.IgnoreRoutes,
            ClientIdentifier = dhcp.ClientIdentifier.Length == 0 ? "mac" : dhcp.ClientIdentifier,
            DuidRawHex = dhcp.DuidRaw,
        },
        Layer = ConfigLayer.Configuration,
    };

    private static IEnumerable<string> Names(LinkConfiguration link, IReadOnlyDictionary<string, LinkStatus> links) =>
        link.Selector is { } selector
            ? links.Where(l => Matches(selector, l.Value)).Select(l => l.Key).Order(StringComparer.Ordinal)
            : [link.Name];

    private static bool Matches(LinkSelector selector, LinkStatus link) =>
        link.Type == "ether"
        && Like(selector.BusPath, link.BusPath)
        && Like(selector.HardwareAddress.ToLowerInvariant(), link.HardwareAddr)
        && Like(selector.PermanentAddress.ToLowerInvariant(), link.PermanentAddr.Length > 0 ? link.PermanentAddr : link.HardwareAddr)
        && Like(selector.Driver, link.Driver)
        && Like(selector.PciId.ToLowerInvariant(), link.PciId)
        && (selector.Physical is not { } physical || link.Physical == physical);

    /// <summary>Whether a text fits a pattern with <c>*</c> and <c>?</c>; an empty pattern fits all.</summary>
    private static bool Like(string pattern, string text) =>
        pattern.Length == 0 || FileSystemName.MatchesSimpleExpression(pattern, text, ignoreCase: false);
}
