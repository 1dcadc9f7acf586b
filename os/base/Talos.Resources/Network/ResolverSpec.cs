using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Talos.Cosi;

namespace Talos.Resources.Network;

/// <summary>The DNS servers this node should ask; the id is <c>resolvers</c>.</summary>
public sealed record ResolverSpec : IResourceSpec<ResolverSpec>, ILayeredSpec
{
    /// <summary>The only id.</summary>
    public const string Id = "resolvers";

    /// <inheritdoc/>
    public static ResourceDefinition Definition { get; } = new("ResolverSpecs.net.talos.dev", NetworkNamespace.Merged)
    {
        PrintColumns =
        [
            new PrintColumn("Layer", "{.layer}"),
            new PrintColumn("Resolvers", "{.dnsServers}"),
            new PrintColumn("Search Domains", "{.searchDomains}"),
        ],
    };

    /// <inheritdoc/>
    public static JsonTypeInfo<ResolverSpec> Json => NetworkJson.Default.ResolverSpec;

    /// <summary>IP addresses, in order of preference.</summary>
    public ValueList<string> DnsServers { get; init; }

    /// <summary>Domains tried for short names.</summary>
    public ValueList<string> SearchDomains { get; init; }

    /// <inheritdoc/>
    public ConfigLayer Layer { get; init; }

    /// <inheritdoc/>
    [JsonIgnore]
    public string MergedId => Id;
}
