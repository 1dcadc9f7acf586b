using System.Net;
using System.Net.NetworkInformation;
using System.Runtime.InteropServices;
using static Talos.Linux.NetlinkConstants;

namespace Talos.Linux;

/// <summary>Turns payloads of rtnetlink messages into records; null for what is too short or of a foreign family.</summary>
internal static class RouteDecoder
{
    private const int LinkBodySize = 16;
    private const int AddressBodySize = 8;
    private const int RouteBodySize = 12;

    /// <summary>Decodes the payload of RTM_NEWLINK or RTM_DELLINK.</summary>
    public static LinkInfo? Link(ReadOnlySpan<byte> payload)
    {
        if (payload.Length < LinkBodySize)
        {
            return null;
        }

        LinkInfo link = new()
        {
            Name = "",
            Type = MemoryMarshal.Read<ushort>(payload[2..]),
            Index = MemoryMarshal.Read<int>(payload[4..]),
            Flags = MemoryMarshal.Read<uint>(payload[8..]),
        };

        NetlinkAttributes attributes = new(payload[LinkBodySize..]);
        while (attributes.TryRead())
        {
            link = attributes.Type switch
            {
                IFLA_IFNAME => link with { Name = attributes.Text },
                IFLA_ADDRESS => link with { HardwareAddress = Hardware(attributes.Value) },
                IFLA_BROADCAST => link with { BroadcastAddress = Hardware(attributes.Value) },
                IFLA_PERM_ADDRESS => link with { PermanentAddress = Hardware(attributes.Value) },
                IFLA_MTU => link with { Mtu = attributes.UInt32 ?? 0 },
                IFLA_LINK => link with { ParentIndex = (int)(attributes.UInt32 ?? 0) },
                IFLA_MASTER => link with { MasterIndex = (int)(attributes.UInt32 ?? 0) },
                IFLA_QDISC => link with { QueueDiscipline = attributes.Text },
                IFLA_OPERSTATE => link with { OperationalState = attributes.Byte ?? 0 },
                IFLA_CARRIER => link with { Carrier = attributes.Byte is > 0 },
                IFLA_IFALIAS => link with { Alias = attributes.Text },
                IFLA_PROP_LIST => link with { AlternativeNames = Names(attributes.Value) },
                IFLA_LINKINFO => WithKind(link, attributes.Value),
                _ => link,
            };
        }

        return link.Index > 0 && link.Name.Length > 0 ? link : null;
    }

    /// <summary>Decodes the payload of RTM_NEWADDR or RTM_DELADDR.</summary>
    public static AddressInfo? Address(ReadOnlySpan<byte> payload)
    {
        if (payload.Length < AddressBodySize)
        {
            return null;
        }

        byte family = payload[0];
        byte prefixLength = payload[1];
        uint flags = payload[2];
        byte scope = payload[3];
        int link = MemoryMarshal.Read<int>(payload[4..]);
        IPAddress? address = null;
        IPAddress? local = null;
        IPAddress? broadcast = null;
        uint priority = 0;
        TimeSpan? valid = null;

        NetlinkAttributes attributes = new(payload[AddressBodySize..]);
        while (attributes.TryRead())
        {
            switch (attributes.Type)
            {
                case IFA_ADDRESS: address = Ip(family, attributes.Value); break;
                case IFA_LOCAL: local = Ip(family, attributes.Value); break;
                case IFA_BROADCAST: broadcast = Ip(family, attributes.Value); break;
                case IFA_FLAGS: flags = attributes.UInt32 ?? flags; break;
                case IFA_RT_PRIORITY: priority = attributes.UInt32 ?? 0; break;
                case IFA_CACHEINFO: valid = ValidLifetime(attributes.Value); break;
            }
        }

        if ((local ?? address) is not { } own || link <= 0 || prefixLength > Bits(family))
        {
            return null;
        }

        return new AddressInfo
        {
            LinkIndex = link,
            Address = own,
            PrefixLength = prefixLength,
            Scope = scope,
            Flags = flags,
            Broadcast = broadcast,
            RoutePriority = priority,
            ValidLifetime = valid,
        };
    }

    /// <summary>Decodes the payload of RTM_NEWROUTE or RTM_DELROUTE.</summary>
    public static RouteInfo? Route(ReadOnlySpan<byte> payload)
    {
        if (payload.Length < RouteBodySize || Any(payload[0]) is not { } any || payload[1] > Bits(payload[0]))
        {
            return null;
        }

        byte family = payload[0];
        RouteInfo route = new()
        {
            Destination = any,
            DestinationLength = payload[1],
            Table = payload[4],
            Protocol = payload[5],
            Scope = payload[6],
            Type = payload[7],
            Flags = MemoryMarshal.Read<uint>(payload[8..]),
        };

        NetlinkAttributes attributes = new(payload[RouteBodySize..]);
        while (attributes.TryRead())
        {
            route = attributes.Type switch
            {
                RTA_DST => route with { Destination = Ip(family, attributes.Value) ?? any },
                RTA_GATEWAY => route with { Gateway = Ip(family, attributes.Value) },
                RTA_VIA when attributes.UInt16 is { } via => route with { Gateway = Ip((byte)via, attributes.Value[2..]) },
                RTA_PREFSRC => route with { Source = Ip(family, attributes.Value) },
                RTA_OIF => route with { LinkIndex = (int)(attributes.UInt32 ?? 0) },
                RTA_PRIORITY => route with { Priority = attributes.UInt32 ?? 0 },
                RTA_TABLE => route with { Table = attributes.UInt32 ?? route.Table },
                RTA_METRICS => route with { Mtu = Metric(attributes.Value, RTAX_MTU) },
                _ => route,
            };
        }

        return route;
    }

    /// <summary>The unspecified address of <paramref name="family"/>; null when it is neither IPv4 nor IPv6.</summary>
    internal static IPAddress? Any(byte family) => family switch
    {
        AF_INET => IPAddress.Any,
        AF_INET6 => IPAddress.IPv6Any,
        _ => null,
    };

    private static int Bits(byte family) => family == AF_INET ? 32 : 128;

    private static IPAddress? Ip(byte family, ReadOnlySpan<byte> value) => (family, value.Length) switch
    {
        (AF_INET, 4) or (AF_INET6, 16) => new IPAddress(value),
        _ => null,
    };

    private static PhysicalAddress Hardware(ReadOnlySpan<byte> value) =>
        value.Length is > 0 and <= 32 ? new PhysicalAddress(value.ToArray()) : PhysicalAddress.None;

    private static string Names(ReadOnlySpan<byte> nested)
    {
        List<string> names = [];
        NetlinkAttributes attributes = new(nested);
        while (attributes.TryRead())
        {
            if (attributes.Type == IFLA_ALT_IFNAME)
            {
                names.Add(attributes.Text);
            }
        }

        return string.Join(' ', names);
    }

    private static LinkInfo WithKind(LinkInfo link, ReadOnlySpan<byte> nested)
    {
        ReadOnlySpan<byte> data = default;
        NetlinkAttributes attributes = new(nested);
        while (attributes.TryRead())
        {
            switch (attributes.Type)
            {
                case IFLA_INFO_KIND: link = link with { Kind = attributes.Text }; break;
                case IFLA_INFO_SLAVE_KIND: link = link with { SlaveKind = attributes.Text }; break;
                case IFLA_INFO_DATA: data = attributes.Value; break;
            }
        }

        if (link.Kind != "vlan")
        {
            return link;
        }

        NetlinkAttributes vlan = new(data);
        while (vlan.TryRead())
        {
            link = vlan.Type switch
            {
                IFLA_VLAN_ID => link with { VlanId = vlan.UInt16 ?? 0 },
                IFLA_VLAN_PROTOCOL => link with { VlanProtocol = (ushort)IPAddress.NetworkToHostOrder((short)(vlan.UInt16 ?? 0)) },
                _ => link,
            };
        }

        return link;
    }

    private static uint Metric(ReadOnlySpan<byte> nested, ushort type)
    {
        NetlinkAttributes metrics = new(nested);
        while (metrics.TryRead())
        {
            if (metrics.Type == type)
            {
                return metrics.UInt32 ?? 0;
            }
        }

        return 0;
    }

    /// <summary>Reads <c>ifa_valid</c> of <c>struct ifa_cacheinfo</c>: preferred, valid, created, updated.</summary>
    private static TimeSpan? ValidLifetime(ReadOnlySpan<byte> cacheInfo)
    {
        if (cacheInfo.Length < 8)
        {
            return null;
        }

        uint seconds = MemoryMarshal.Read<uint>(cacheInfo[4..]);
        return seconds == uint.MaxValue ? null : TimeSpan.FromSeconds(seconds);
    }
}
