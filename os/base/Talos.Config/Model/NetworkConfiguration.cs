using System.Net;

namespace Talos.Config;

/// <summary>Host name, links and resolvers, from <c>machine.network</c> and the network documents.</summary>
public sealed record NetworkConfiguration
{
    /// <summary>Host name; empty when not set.</summary>
    public string Hostname { get; init; } = "";

    /// <summary>True: without another source the host name is made from the machine's identity. HostnameConfig <c>auto</c>.</summary>
    public bool AutoHostname { get; init; } = true;

    /// <summary>Links, each at most once.</summary>
    public IReadOnlyList<LinkConfiguration> Links { get; init; } = [];

    /// <summary>DNS servers; empty when not set.</summary>
    public IReadOnlyList<IPAddress> Nameservers { get; init; } = [];

    /// <summary>Search domains.</summary>
    public IReadOnlyList<string> SearchDomains { get; init; } = [];

    /// <summary>True: the node's own domain is not a search domain.</summary>
    public bool DisableSearchDomain { get; init; }

    /// <summary>Further lines of /etc/hosts.</summary>
    public IReadOnlyList<StaticHost> ExtraHosts { get; init; } = [];
}
