using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using static Talos.Linux.NetlinkConstants;

namespace Talos.Linux;

/// <summary>Builds rtnetlink requests.</summary>
internal static class RouteEncoder
{
    private const ushort Change = NLM_F_REQUEST | NLM_F_ACK;
    private const ushort Create = Change | NLM_F_CREATE | NLM_F_EXCL;
    private const ushort Dump = NLM_F_REQUEST | NLM_F_DUMP;

    public static NetlinkRequest ListLinks() =>
        new NetlinkRequest(RTM_GETLINK, Dump, LinkBody(0, 0, 0)).Add(IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS);

    public static NetlinkRequest ListAddresses() => new(RTM_GETADDR, Dump, new byte[8]);

    public static NetlinkRequest ListRoutes() => new(RTM_GETROUTE, Dump, new byte[12]);

    public static NetlinkRequest SetUp(int index, bool up) =>
        new(RTM_NEWLINK, Change, LinkBody(index, up ? IFF_UP : 0, IFF_UP));

    public static NetlinkRequest SetMulticast(int index, bool on) =>
        new(RTM_NEWLINK, Change, LinkBody(index, on ? IFF_MULTICAST : 0, IFF_MULTICAST));

    public static NetlinkRequest SetMtu(int index, uint mtu) =>
        new NetlinkRequest(RTM_NEWLINK, Change, LinkBody(index, 0, 0)).Add(IFLA_MTU, mtu);

    public static NetlinkRequest SetHardwareAddress(int index, PhysicalAddress address) =>
        new NetlinkRequest(RTM_NEWLINK, Change, LinkBody(index, 0, 0)).Add(IFLA_ADDRESS, address.GetAddressBytes());

    public static NetlinkRequest SetMaster(int index, int master) =>
        new NetlinkRequest(RTM_NEWLINK, Change, LinkBody(index, 0, 0)).Add(IFLA_MASTER, (uint)master);

    public static NetlinkRequest DeleteLink(int index) => new(RTM_DELLINK, Change, LinkBody(index, 0, 0));

    public static NetlinkRequest CreateLink(NewLink link)
    {
        NetlinkRequest request = new NetlinkRequest(RTM_NEWLINK, Create, LinkBody(0, 0, 0)).Add(IFLA_IFNAME, link.Name);
        if (link.ParentIndex != 0)
        {
            request.Add(IFLA_LINK, (uint)link.ParentIndex);
        }

        return request.AddNested(IFLA_LINKINFO, info =>
        {
            info.Add(IFLA_INFO_KIND, link.Kind);
            switch (link.Kind)
            {
                case "vlan":
                    info.AddNested(IFLA_INFO_DATA, data => data
                        .Add(IFLA_VLAN_ID, link.VlanId)
                        .Add(IFLA_VLAN_PROTOCOL, (ushort)IPAddress.HostToNetworkOrder((short)link.VlanProtocol)));
                    break;
                case "bridge":
                    info.AddNested(IFLA_INFO_DATA, data =>
                    {
                        // Not every kernel has both; what is off by itself is not asked for.
                        if (link.BridgeStp)
                        {
                            data.Add(IFLA_BR_STP_STATE, 1u);
                        }

                        if (link.BridgeVlanFiltering)
                        {
                            data.Add(IFLA_BR_VLAN_FILTERING, [1]);
                        }
                    });
                    break;
                case "veth":
                    info.AddNested(IFLA_INFO_DATA, data => data
                        .AddNested(VETH_INFO_PEER, peer => peer.Append(LinkBody(0, 0, 0)).Add(IFLA_IFNAME, link.PeerName)));
                    break;
            }
        });
    }

    /// <summary>Adds the address, or changes its lifetime and flags when it is there.</summary>
    public static NetlinkRequest AddAddress(AddressInfo address)
    {
        NetlinkRequest request = AddressRequest(RTM_NEWADDR, Change | NLM_F_CREATE | NLM_F_REPLACE, address);
        if (address.Broadcast is { } broadcast)
        {
            request.Add(IFA_BROADCAST, broadcast.GetAddressBytes());
        }

        if (address.RoutePriority != 0)
        {
            request.Add(IFA_RT_PRIORITY, address.RoutePriority);
        }

        if (address.ValidLifetime is { } lifetime)
        {
            uint seconds = (uint)Math.Clamp(lifetime.TotalSeconds, 1, uint.MaxValue - 1);
            request.Add(IFA_CACHEINFO, MemoryMarshal.AsBytes<uint>([seconds, seconds, 0, 0]));
        }

        return request.Add(IFA_FLAGS, address.Flags);
    }

    public static NetlinkRequest RemoveAddress(AddressInfo address) => AddressRequest(RTM_DELADDR, Change, address);

    /// <summary>Adds the route.</summary>
    public static NetlinkRequest AddRoute(RouteInfo route, RouteConflict conflict) =>
        RouteRequest(RTM_NEWROUTE, Change | NLM_F_CREATE | Flag(conflict), route);

    public static NetlinkRequest RemoveRoute(RouteInfo route) => RouteRequest(RTM_DELROUTE, Change, route);

    private static NetlinkRequest AddressRequest(ushort type, int flags, AddressInfo address)
    {
        Span<byte> body = stackalloc byte[8];
        body[0] = Family(address.Address);
        body[1] = address.PrefixLength;
        body[2] = (byte)address.Flags;
        body[3] = address.Scope;
        int index = address.LinkIndex;
        MemoryMarshal.Write(body[4..], in index);
        byte[] bytes = address.Address.GetAddressBytes();
        return new NetlinkRequest(type, (ushort)flags, body).Add(IFA_LOCAL, bytes).Add(IFA_ADDRESS, bytes);
    }

    private static NetlinkRequest RouteRequest(ushort type, int flags, RouteInfo route)
    {
        Span<byte> body = stackalloc byte[12];
        body[0] = Family(route.Destination);
        body[1] = route.DestinationLength;
        body[4] = route.Table < 256 ? (byte)route.Table : (byte)252;
        body[5] = route.Protocol;
        body[6] = route.Scope;
        body[7] = route.Type;
        uint routeFlags = route.Flags & RTNH_F_ONLINK;
        MemoryMarshal.Write(body[8..], in routeFlags);

        NetlinkRequest request = new(type, (ushort)flags, body);
        if (route.DestinationLength > 0)
        {
            request.Add(RTA_DST, route.Destination.GetAddressBytes());
        }

        if (route.Gateway is { } gateway)
        {
            byte[] hop = gateway.GetAddressBytes();
            if (gateway.AddressFamily == route.Destination.AddressFamily)
            {
                request.Add(RTA_GATEWAY, hop);
            }
            else
            {
                // struct rtvia: the family in 16 bits, then the address. IPv4 through IPv6 from Linux 5.2 on.
                request.Add(RTA_VIA, [Family(gateway), 0, .. hop]);
            }
        }

        if (route.Source is { } source)
        {
            request.Add(RTA_PREFSRC, source.GetAddressBytes());
        }

        if (route.LinkIndex != 0)
        {
            request.Add(RTA_OIF, (uint)route.LinkIndex);
        }

        if (route.Priority != 0)
        {
            request.Add(RTA_PRIORITY, route.Priority);
        }

        if (route.Mtu != 0)
        {
            request.AddNested(RTA_METRICS, metrics => metrics.Add(RTAX_MTU, route.Mtu));
        }

        return request.Add(RTA_TABLE, route.Table);
    }

    private static ushort Flag(RouteConflict conflict) => conflict switch
    {
        RouteConflict.Append => NLM_F_APPEND,
        RouteConflict.Replace => NLM_F_REPLACE,
        _ => NLM_F_EXCL,
    };

    private static byte Family(IPAddress address) =>
        address.AddressFamily == AddressFamily.InterNetwork ? AF_INET : AF_INET6;

    private static byte[] LinkBody(int index, uint flags, uint change)
    {
        byte[] body = new byte[16];
        MemoryMarshal.Write(body.AsSpan(4), in index);
        MemoryMarshal.Write(body.AsSpan(8), in flags);
        MemoryMarshal.Write(body.AsSpan(12), in change);
        return body;
    }
}
