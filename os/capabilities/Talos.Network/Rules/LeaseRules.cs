using System.Net;
using Talos.Network.Dhcp;
using Talos.Resources.Network;

namespace Talos.Network.Rules;

/// <summary>What a DHCP lease means for the network.</summary>
internal static class LeaseRules
{
    /// <summary>The plan of a lease on the link of <paramref name="wanted"/>.</summary>
    public static NetworkPlan Plan(DhcpLease lease, OperatorSpec wanted) => new()
    {
        Links = lease.Mtu == 0 ? [] : [new LinkSpec { Name = wanted.LinkName, Mtu = lease.Mtu, Layer = ConfigLayer.Operator }],
        Addresses =
        [
            new AddressSpec
            {
                Address = lease.Address,
                LinkName = wanted.LinkName,
                Priority = wanted.Dhcp4.RouteMetric,
                AnnounceWithArp = true,
                Layer = ConfigLayer.Operator,
            },
        ],
        Routes = wanted.Dhcp4.SkipRoutes ? [] : [.. Routes(lease).Select(route => Route(route, lease, wanted))],
        Hostname = wanted.Dhcp4.SkipHostnameRequest || lease.Hostname.Length == 0
            ? null
            : new HostnameSpec { Hostname = lease.Hostname, Domainname = lease.DomainName, Layer = ConfigLayer.Operator },
        Resolvers = lease.DnsServers.Count == 0 && lease.SearchDomains.Count == 0
            ? null
            : new ResolverSpec
            {
                DnsServers = [.. lease.DnsServers.Select(a => a.ToString())],
                SearchDomains = lease.SearchDomains,
                Layer = ConfigLayer.Operator,
            },
        TimeServers = lease.NtpServers.Count == 0
            ? null
            : new TimeServerSpec { TimeServers = [.. lease.NtpServers.Select(a => a.ToString())], Layer = ConfigLayer.Operator },
    };

    /// <summary>Routes of option 121, or else the first router. Source: RFC 3442, "DHCP Client Behavior".</summary>
    private static IEnumerable<DhcpRoute> Routes(DhcpLease lease) =>
        lease.ClasslessRoutes.Count > 0
            ? lease.ClasslessRoutes
            : lease.Routers.Take(1).Select(router => new DhcpRoute(new IPPrefix(IPAddress.Any, 0), router));

    private static RouteSpec Route(DhcpRoute route, DhcpLease lease, OperatorSpec wanted) => new()
    {
        Family = IPFamily.Inet4,
        Destination = route.Destination.Length == 0 ? null : route.Destination,
        Gateway = route.Gateway,
        Source = lease.Address.Address,
        OutLinkName = wanted.LinkName,
        Priority = wanted.Dhcp4.RouteMetric,
        Scope = route.Gateway is null ? "link" : "global",
        OnLink = route.Gateway is { } gateway && !lease.Address.Contains(gateway),
        Protocol = "dhcp",
        Layer = ConfigLayer.Operator,
    };
}
