using System.Net;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Talos.Cosi;

namespace Talos.Resources.Network;

/// <summary>A route the node has.</summary>
public sealed record RouteStatus : IResourceSpec<RouteStatus>
{
    /// <inheritdoc/>
    public static ResourceDefinition Definition { get; } = new("RouteStatuses.net.talos.dev", NetworkNamespace.Merged)
    {
        Aliases = ["route", "routes"],
        PrintColumns =
        [
            new PrintColumn("Destination", "{.dst}"),
            new PrintColumn("Gateway", "{.gateway}"),
            new PrintColumn("Link", "{.outLinkName}"),
            new PrintColumn("Metric", "{.priority}"),
        ],
    };

    /// <inheritdoc/>
    public static JsonTypeInfo<RouteStatus> Json => NetworkJson.Default.RouteStatus;

    /// <summary>Family of the route.</summary>
    public required IPFamily Family { get; init; }

    /// <summary>Destination network; null is the default route.</summary>
    [JsonPropertyName("dst")]
    [JsonConverter(typeof(OptionalIPPrefixConverter))]
    public IPPrefix? Destination { get; init; }

    /// <summary>Preferred source address; null when none.</summary>
    [JsonPropertyName("src")]
    [JsonConverter(typeof(OptionalIPAddressConverter))]
    public IPAddress? Source { get; init; }

    /// <summary>Next hop; null when the destination is on the link.</summary>
    [JsonConverter(typeof(OptionalIPAddressConverter))]
    public IPAddress? Gateway { get; init; }

    /// <summary>Index of the link; 0 when none.</summary>
    public int OutLinkIndex { get; init; }

    /// <summary>Name of the link; empty when none.</summary>
    public string OutLinkName { get; init; } = "";

    /// <summary>Routing table: <c>main</c>, <c>local</c>, <c>default</c> or a number.</summary>
    public required string Table { get; init; }

    /// <summary>Metric.</summary>
    public uint Priority { get; init; }

    /// <summary>Scope: <c>global</c>, <c>link</c>, <c>host</c>.</summary>
    public string Scope { get; init; } = "";

    /// <summary>Type: <c>unicast</c>, <c>local</c>, <c>blackhole</c> and so on.</summary>
    public string Type { get; init; } = "";

    /// <summary>Who made it: <c>kernel</c>, <c>static</c>, <c>dhcp</c>, <c>ra</c> and so on.</summary>
    public string Protocol { get; init; } = "";

    /// <summary>Largest packet in bytes; 0 is that of the link.</summary>
    public uint Mtu { get; init; }

    /// <summary>The id of a route: family, gateway, destination and metric, after the table unless it is main.</summary>
    public static string IdOf(uint table, IPFamily family, IPAddress? gateway, IPPrefix? destination, uint priority)
    {
        string name = $"{(family is IPFamily.Inet4 ? "inet4" : "inet6")}/{gateway}/{destination}/{priority}";
        return table == 254 ? name : $"{table}/{name}";
    }
}
