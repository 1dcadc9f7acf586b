using System.Net;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Talos.Cosi;

namespace Talos.Resources.Network;

/// <summary>An address a link has; the id is <c>link/address/length</c>.</summary>
public sealed record AddressStatus : IResourceSpec<AddressStatus>
{
    /// <inheritdoc/>
    public static ResourceDefinition Definition { get; } = new("AddressStatuses.net.talos.dev", NetworkNamespace.Merged)
    {
        Aliases = ["address", "addresses"],
        PrintColumns = [new PrintColumn("Address", "{.address}"), new PrintColumn("Link", "{.linkName}")],
    };

    /// <inheritdoc/>
    public static JsonTypeInfo<AddressStatus> Json => NetworkJson.Default.AddressStatus;

    /// <summary>Address and prefix length.</summary>
    public required IPPrefix Address { get; init; }

    /// <summary>Broadcast address; null when none.</summary>
    [JsonConverter(typeof(OptionalIPAddressConverter))]
    public IPAddress? Broadcast { get; init; }

    /// <summary>Index of the link.</summary>
    public required int LinkIndex { get; init; }

    /// <summary>Name of the link.</summary>
    public required string LinkName { get; init; }

    /// <summary>Family of the address.</summary>
    public IPFamily Family => Address.Family;

    /// <summary>Scope: <c>global</c>, <c>link</c>, <c>host</c>.</summary>
    public required string Scope { get; init; }

    /// <summary>Flags, such as <c>permanent</c>, <c>deprecated</c>, <c>tentative</c>, parted by commas.</summary>
    public string Flags { get; init; } = "";

    /// <summary>Metric of the prefix route.</summary>
    public uint Priority { get; init; }
}
