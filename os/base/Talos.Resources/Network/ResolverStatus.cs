using System.Text.Json.Serialization.Metadata;
using Talos.Cosi;

namespace Talos.Resources.Network;

/// <summary>The DNS servers this node asks; the id is <c>resolvers</c>.</summary>
public sealed record ResolverStatus : IResourceSpec<ResolverStatus>
{
    /// <inheritdoc/>
    public static ResourceDefinition Definition { get; } = new("ResolverStatuses.net.talos.dev", NetworkNamespace.Merged)
    {
        Aliases = ["resolvers"],
        PrintColumns = [new PrintColumn("Resolvers", "{.dnsServers}"), new PrintColumn("Search Domains", "{.searchDomains}")],
    };

    /// <inheritdoc/>
    public static JsonTypeInfo<ResolverStatus> Json => NetworkJson.Default.ResolverStatus;

    /// <summary>IP addresses, in order of preference.</summary>
    public ValueList<string> DnsServers { get; init; }

    /// <summary>Domains tried for short names.</summary>
    public ValueList<string> SearchDomains { get; init; }
}
