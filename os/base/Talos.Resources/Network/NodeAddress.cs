using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Talos.Cosi;

namespace Talos.Resources.Network;

/// <summary>Addresses of this node; the ids are <see cref="Default"/>, <see cref="Current"/> and <see cref="Routed"/>.</summary>
public sealed record NodeAddress : IResourceSpec<NodeAddress>
{
    /// <summary>The one address the node is known by; it stays while the node has it.</summary>
    public const string Default = "default";

    /// <summary>All addresses that others can reach.</summary>
    public const string Current = "current";

    /// <summary>The current ones without those that stand alone, such as a shared address.</summary>
    public const string Routed = "routed";

    /// <inheritdoc/>
    public static ResourceDefinition Definition { get; } = new("NodeAddresses.net.talos.dev", NetworkNamespace.Merged)
    {
        PrintColumns = [new PrintColumn("Addresses", "{.addresses}"), new PrintColumn("SortAlgorithm", "{.sortAlgorithm}")],
    };

    /// <inheritdoc/>
    public static JsonTypeInfo<NodeAddress> Json => NetworkJson.Default.NodeAddress;

    /// <summary>Addresses with prefix length, IPv4 first.</summary>
    [JsonConverter(typeof(ValueListConverter<IPPrefix>))]
    public ValueList<IPPrefix> Addresses { get; init; }

    /// <summary>How they are sorted.</summary>
    public string SortAlgorithm { get; init; } = "v1";
}
