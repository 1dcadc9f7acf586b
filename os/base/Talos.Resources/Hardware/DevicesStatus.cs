using System.Text.Json.Serialization.Metadata;
using Talos.Cosi;

namespace Talos.Resources.Hardware;

/// <summary>Whether the devices that were there at the start are served; the id is <c>devices</c>.</summary>
public sealed record DevicesStatus : IResourceSpec<DevicesStatus>
{
    /// <summary>The only id.</summary>
    public const string Id = "devices";

    /// <inheritdoc/>
    public static ResourceDefinition Definition { get; } = new("DevicesStatuses.runtime.talos.dev", "runtime")
    {
        PrintColumns = [new PrintColumn("Ready", "{.ready}")],
    };

    /// <inheritdoc/>
    public static JsonTypeInfo<DevicesStatus> Json => HardwareJson.Default.DevicesStatus;

    /// <summary>Whether they are.</summary>
    public bool Ready { get; init; }
}
