using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Talos.Cosi;

namespace Talos.Resources.Network;

/// <summary>The host name this node has; the id is <c>hostname</c>.</summary>
public sealed record HostnameStatus : IResourceSpec<HostnameStatus>
{
    /// <inheritdoc/>
    public static ResourceDefinition Definition { get; } = new("HostnameStatuses.net.talos.dev", NetworkNamespace.Merged)
    {
        Aliases = ["hostname"],
        PrintColumns = [new PrintColumn("Hostname", "{.hostname}"), new PrintColumn("Domainname", "{.domainname}")],
    };

    /// <inheritdoc/>
    public static JsonTypeInfo<HostnameStatus> Json => NetworkJson.Default.HostnameStatus;

    /// <summary>One DNS label.</summary>
    public required string Hostname { get; init; }

    /// <summary>DNS domain without a leading dot; empty when the node has none.</summary>
    public string Domainname { get; init; } = "";

    /// <summary>Host name and domain.</summary>
    [JsonIgnore]
    public string FullName => Domainname.Length == 0 ? Hostname : $"{Hostname}.{Domainname}";
}
