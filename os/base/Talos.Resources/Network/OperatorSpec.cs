using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Talos.Cosi;

namespace Talos.Resources.Network;

/// <summary>A protocol that should configure a link; the id is <c>dhcp4/link</c>.</summary>
public sealed record OperatorSpec : IResourceSpec<OperatorSpec>, ILayeredSpec
{
    /// <inheritdoc/>
    public static ResourceDefinition Definition { get; } = new("OperatorSpecs.net.talos.dev", NetworkNamespace.Merged) { Sensitive = true };

    /// <inheritdoc/>
    public static JsonTypeInfo<OperatorSpec> Json => NetworkJson.Default.OperatorSpec;

    /// <summary>The protocol: <c>dhcp4</c>.</summary>
    public string Operator { get; init; } = "dhcp4";

    /// <summary>Name of the link.</summary>
    public required string LinkName { get; init; }

    /// <summary>Whether it waits until the link is up.</summary>
    public bool RequireUp { get; init; } = true;

    /// <summary>How DHCPv4 is done.</summary>
    public Dhcp4OperatorSpec Dhcp4 { get; init; } = new();

    /// <inheritdoc/>
    public ConfigLayer Layer { get; init; }

    /// <inheritdoc/>
    [JsonIgnore]
    public string MergedId => $"{Operator}/{LinkName}";
}

/// <summary>How DHCPv4 is done on a link.</summary>
public sealed record Dhcp4OperatorSpec
{
    /// <summary>Metric of the routes it brings.</summary>
    public uint RouteMetric { get; init; } = RouteSpec.DefaultPriority;

    /// <summary>Whether the host name of the server is left aside.</summary>
    public bool SkipHostnameRequest { get; init; }

    /// <summary>Whether the routes of the server are left aside.</summary>
    public bool SkipRoutes { get; init; }

    /// <summary>What the node calls itself: <c>mac</c>, <c>duid</c> or <c>none</c>.</summary>
    public string ClientIdentifier { get; init; } = "mac";

    /// <summary>The DUID in hexadecimal, for <c>duid</c>.</summary>
    public string DuidRawHex { get; init; } = "";
}
