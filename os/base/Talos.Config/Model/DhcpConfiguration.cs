namespace Talos.Config;

/// <summary>How DHCP is used on a link.</summary>
public sealed record DhcpConfiguration
{
    /// <summary>Metric of the routes it brings; null when not set.</summary>
    public uint? RouteMetric { get; init; }

    /// <summary>True: the host name it brings is not taken.</summary>
    public bool IgnoreHostname { get; init; }

    /// <summary>True: the routes it brings are not taken.</summary>
    public bool IgnoreRoutes { get; init; }

    /// <summary>Client identifier: none, mac or duid; empty when not set.</summary>
    public string ClientIdentifier { get; init; } = "";

    /// <summary>DUID in hexadecimal; empty when not set.</summary>
    public string DuidRaw { get; init; } = "";
}
