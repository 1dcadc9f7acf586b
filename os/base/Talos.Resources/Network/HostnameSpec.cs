using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Talos.Cosi;

namespace Talos.Resources.Network;

/// <summary>The host name this node should have; the id is <c>hostname</c>.</summary>
public sealed record HostnameSpec : IResourceSpec<HostnameSpec>, ILayeredSpec
{
    /// <summary>The only id.</summary>
    public const string Id = "hostname";

    /// <inheritdoc/>
    public static ResourceDefinition Definition { get; } = new("HostnameSpecs.net.talos.dev", NetworkNamespace.Merged);

    /// <inheritdoc/>
    public static JsonTypeInfo<HostnameSpec> Json => NetworkJson.Default.HostnameSpec;

    /// <summary>One DNS label: 1 to 63 characters of <c>a-z 0-9 -</c>. Source: RFC 1123, section 2.1.</summary>
    public required string Hostname { get; init; }

    /// <summary>DNS domain without a leading dot; empty when the node has none.</summary>
    public string Domainname { get; init; } = "";

    /// <inheritdoc/>
    public ConfigLayer Layer { get; init; }

    /// <inheritdoc/>
    [JsonIgnore]
    public string MergedId => Id;
}
