using System.Net;
using Talos.Cosi;
using Talos.Resources.Network;

namespace Talos.Network.Dhcp;

/// <summary>What a server granted.</summary>
internal sealed record DhcpLease
{
    /// <summary>Address and mask.</summary>
    public required IPPrefix Address { get; init; }

    /// <summary>The server that granted it.</summary>
    public required IPAddress Server { get; init; }

    /// <summary>How long it holds; <see cref="TimeSpan.MaxValue"/> is for ever.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>When the client asks its server again (T1), counted from the request.</summary>
    public required TimeSpan Renewal { get; init; }

    /// <summary>When the client asks any server (T2), counted from the request.</summary>
    public required TimeSpan Rebinding { get; init; }

    /// <summary>Default gateways, best first.</summary>
    public ValueList<IPAddress> Routers { get; init; }

    /// <summary>Routes of option 121; when there are any, <see cref="Routers"/> do not count.</summary>
    public ValueList<DhcpRoute> ClasslessRoutes { get; init; }

    /// <summary>DNS servers.</summary>
    public ValueList<IPAddress> DnsServers { get; init; }

    /// <summary>Domains to search.</summary>
    public ValueList<string> SearchDomains { get; init; }

    /// <summary>Time servers.</summary>
    public ValueList<IPAddress> NtpServers { get; init; }

    /// <summary>Host name; empty when the server gives none that is valid.</summary>
    public string Hostname { get; init; } = "";

    /// <summary>Domain of the node; empty when the server gives none that is valid.</summary>
    public string DomainName { get; init; } = "";

    /// <summary>Largest packet in bytes; 0 when the server gives none.</summary>
    public ushort Mtu { get; init; }

    /// <summary>What the server gave and this node leaves out, each with the reason.</summary>
    public ValueList<string> LeftOut { get; init; }
}

/// <summary>A route of option 121.</summary>
/// <param name="Destination">Destination network.</param>
/// <param name="Gateway">Next hop; null when the destination is on the link.</param>
internal sealed record DhcpRoute(IPPrefix Destination, IPAddress? Gateway);
