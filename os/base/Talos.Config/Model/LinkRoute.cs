using System.Net;

namespace Talos.Config;

/// <summary>A static route.</summary>
public sealed record LinkRoute
{
    /// <summary>Destination; null is the default route.</summary>
    public IPNetwork? Destination { get; init; }

    /// <summary>Gateway; null for a route to the link itself.</summary>
    public IPAddress? Gateway { get; init; }

    /// <summary>Preferred source address; null when not set.</summary>
    public IPAddress? Source { get; init; }

    /// <summary>Metric; null when not set.</summary>
    public uint? Metric { get; init; }

    /// <summary>MTU in bytes; null when not set.</summary>
    public int? Mtu { get; init; }

    /// <summary>Routing table: a number, or <c>main</c> or <c>local</c>; empty when not set.</summary>
    public string Table { get; init; } = "";
}
