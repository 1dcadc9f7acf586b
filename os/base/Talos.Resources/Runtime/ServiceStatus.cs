using System.Text.Json.Serialization.Metadata;
using Talos.Cosi;

namespace Talos.Resources.Runtime;

/// <summary>A service as it is; the id is the name of the service.</summary>
public sealed record ServiceStatus : IResourceSpec<ServiceStatus>
{
    /// <inheritdoc/>
    public static ResourceDefinition Definition { get; } = new("Services.v1alpha1.talos.dev", "runtime")
    {
        Aliases = ["svc"],
        PrintColumns =
        [
            new PrintColumn("Running", "{.running}"),
            new PrintColumn("Healthy", "{.healthy}"),
            new PrintColumn("Health Unknown", "{.unknown}"),
        ],
    };

    /// <inheritdoc/>
    public static JsonTypeInfo<ServiceStatus> Json => RuntimeJson.Default.ServiceStatus;

    /// <summary>Whether its process runs.</summary>
    public bool Running { get; init; }

    /// <summary>Whether its health check succeeds, or it has none and runs.</summary>
    public bool Healthy { get; init; }

    /// <summary>Whether no health check has ended yet.</summary>
    public bool Unknown { get; init; }
}
