using System.Text.Json.Serialization.Metadata;
using Talos.Cosi;

namespace Talos.Resources.Network;

/// <summary>How far the network is set up; the id is <c>status</c>.</summary>
public sealed record NetworkStatus : IResourceSpec<NetworkStatus>
{
    /// <summary>The only id.</summary>
    public const string Id = "status";

    /// <inheritdoc/>
    public static ResourceDefinition Definition { get; } = new("NetworkStatuses.net.talos.dev", NetworkNamespace.Merged)
    {
        Aliases = ["netstatus", "netstatuses"],
        PrintColumns =
        [
            new PrintColumn("Address", "{.addressReady}"),
            new PrintColumn("Connectivity", "{.connectivityReady}"),
            new PrintColumn("Hostname", "{.hostnameReady}"),
            new PrintColumn("Etc", "{.etcFilesReady}"),
        ],
    };

    /// <inheritdoc/>
    public static JsonTypeInfo<NetworkStatus> Json => NetworkJson.Default.NetworkStatus;

    /// <summary>Whether the node has an address that others can reach.</summary>
    public bool AddressReady { get; init; }

    /// <summary>Whether the routes that are wanted are there; a node for which none is wanted is ready.</summary>
    public bool ConnectivityReady { get; init; }

    /// <summary>Whether the host name is set.</summary>
    public bool HostnameReady { get; init; }

    /// <summary>Whether hosts and resolv.conf are written.</summary>
    public bool EtcFilesReady { get; init; }
}
