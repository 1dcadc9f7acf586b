using System.Net;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Talos.Cosi;

namespace Talos.Resources.Network;

/// <summary>A route the node should have.</summary>
public sealed record RouteSpec : IResourceSpec<RouteSpec>, ILayeredSpec
{
    /// <inheritdoc/>
    public static ResourceDefinition Definition { get; } = new("RouteSpecs.net.talos.dev", NetworkNamespace.Merged);

    /// <inheritdoc/>
    public static JsonTypeInfo<RouteSpec> Json => NetworkJson.Default.RouteSpec;

    /// <summary>Family of the route.</summary>
    public required IPFamily Family { get; init; }

    /// <summary>Destination network; null is the default route.</summary>
    [JsonPropertyName("dst")]
    [JsonConverter(typeof(OptionalIPPrefixConverter))]
    public IPPrefix? Destination { get; init; }

    /// <summary>Preferred source address; null lets the kernel choose.</summary>
    [JsonPropertyName("src")]
    [JsonConverter(typeof(OptionalIPAddressConverter))]
    public IPAddress? Source { get; init; }

    /// <summary>Next hop; null when the destination is on the link.</summary>
    [JsonConverter(typeof(OptionalIPAddressConverter))]
    public IPAddress? Gateway { get; init; }

    /// <summary>Name of the link; empty when the gateway tells it.</summary>
    public string OutLinkName { get; init; } = "";

    /// <summary>Number of the routing table: 254 is main.</summary>
    public uint Table { get; init; } = 254;

    /// <summary>Metric: the lowest wins.</summary>
    public uint Priority { get; init; } = DefaultPriority;

    /// <summary>Scope: <c>global</c>, <c>link</c> or <c>host</c>.</summary>
    public string Scope { get; init; } = "global";

    /// <summary>Type: <c>unicast</c> or <c>blackhole</c>.</summary>
    public string Type { get; init; } = "unicast";

    /// <summary>Whether the gateway is taken to be on the link.</summary>
    public bool OnLink { get; init; }

    /// <summary>Who made it: <c>static</c>, <c>dhcp</c>.</summary>
    public string Protocol { get; init; } = "static";

    /// <summary>Largest packet in bytes; 0 is that of the link.</summary>
    public uint Mtu { get; init; }

    /// <inheritdoc/>
    public ConfigLayer Layer { get; init; }

    /// <summary>The metric of routes that name none.</summary>
    public const uint DefaultPriority = 1024;

    /// <inheritdoc/>
    [JsonIgnore]
    public string MergedId => RouteStatus.IdOf(Table, Family, Gateway, Destination, Priority);
}
