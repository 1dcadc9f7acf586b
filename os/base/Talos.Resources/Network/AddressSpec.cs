using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Talos.Cosi;

namespace Talos.Resources.Network;

/// <summary>An address a link should have.</summary>
public sealed record AddressSpec : IResourceSpec<AddressSpec>, ILayeredSpec
{
    /// <inheritdoc/>
    public static ResourceDefinition Definition { get; } = new("AddressSpecs.net.talos.dev", NetworkNamespace.Merged);

    /// <inheritdoc/>
    public static JsonTypeInfo<AddressSpec> Json => NetworkJson.Default.AddressSpec;

    /// <summary>Address and prefix length.</summary>
    public required IPPrefix Address { get; init; }

    /// <summary>Name of the link.</summary>
    public required string LinkName { get; init; }

    /// <summary>Family of the address.</summary>
    public IPFamily Family => Address.Family;

    /// <summary>Scope: <c>global</c>, <c>link</c> or <c>host</c>.</summary>
    public string Scope { get; init; } = "global";

    /// <summary>Whether neighbours are told by ARP once the address is set.</summary>
    [JsonPropertyName("announceWithARP")]
    public bool AnnounceWithArp { get; init; }

    /// <summary>Metric of the prefix route; 0 is the kernel's default.</summary>
    public uint Priority { get; init; }

    /// <inheritdoc/>
    public ConfigLayer Layer { get; init; }

    /// <inheritdoc/>
    [JsonIgnore]
    public string MergedId => $"{LinkName}/{Address}";
}
