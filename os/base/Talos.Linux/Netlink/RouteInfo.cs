using System.Net;

namespace Talos.Linux;

/// <summary>A route as the kernel reports it or as it is to be set.</summary>
public sealed record RouteInfo
{
    /// <summary>Network of the destination; the unspecified address with length 0 is the default route.</summary>
    public required IPAddress Destination { get; init; }

    /// <summary>Bits of the destination's prefix.</summary>
    public required byte DestinationLength { get; init; }

    /// <summary>Next hop, also of the other family; null when the destination is on the link.</summary>
    public IPAddress? Gateway { get; init; }

    /// <summary>Preferred source address; null lets the kernel choose.</summary>
    public IPAddress? Source { get; init; }

    /// <summary>Index of the link packets leave by; 0 when the route has none.</summary>
    public int LinkIndex { get; init; }

    /// <summary>Routing table: 254 is main, 255 local.</summary>
    public uint Table { get; init; } = 254;

    /// <summary>Metric: the lowest wins.</summary>
    public uint Priority { get; init; }

    /// <summary><c>RTPROT_*</c>: who made the route; 2 kernel, 4 static, 9 router advertisement, 16 DHCP.</summary>
    public byte Protocol { get; init; } = 4;

    /// <summary><c>RT_SCOPE_*</c>: 0 is global, 253 link.</summary>
    public byte Scope { get; init; }

    /// <summary><c>RTN_*</c>: 1 is unicast, 6 blackhole.</summary>
    public byte Type { get; init; } = 1;

    /// <summary><c>RTNH_F_*</c> and <c>RTM_F_*</c>.</summary>
    public uint Flags { get; init; }

    /// <summary>Largest packet on this route, in bytes; 0 is that of the link.</summary>
    public uint Mtu { get; init; }

    /// <summary>Whether the gateway is reached on the link even without a route to it.</summary>
    public bool OnLink => (Flags & NetlinkConstants.RTNH_F_ONLINK) != 0;
}
