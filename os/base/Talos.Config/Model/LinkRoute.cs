using System.Net;
using System.Net.Sockets;

namespace Talos.Config;

/// <summary>A static route.</summary>
public sealed record LinkRoute
{
    /// <summary>Destination; of length 0 it is the default route of its family, null that of the gateway's family.</summary>
    public IPNetwork? Destination { get; init; }

    /// <summary>Gateway; null for a route to the link itself. An IPv4 route may have one of IPv6.</summary>
    public IPAddress? Gateway { get; init; }

    /// <summary>Family of the route: that of the destination, or else of the gateway.</summary>
    public AddressFamily Family => (Destination?.BaseAddress ?? Gateway)?.AddressFamily ?? AddressFamily.InterNetwork;

    /// <summary>Preferred source address; null when not set.</summary>
    public IPAddress? Source { get; init; }

    /// <summary>Metric; null when not set.</summary>
    public uint? Metric { get; init; }

    /// <summary>MTU in bytes; null when not set.</summary>
    public int? Mtu { get; init; }

    /// <summary>Routing table: a number, or <c>main</c> or <c>local</c>; empty when not set.</summary>
    public string Table { get; init; } = "";
}
