using System.Text.Json.Serialization.Metadata;
using Talos.Cosi;

namespace Talos.Resources.Runtime;

/// <summary>The hardware watchdog as it runs; the id is <c>timer</c>, absent when none is asked for.</summary>
public sealed record WatchdogTimerStatus : IResourceSpec<WatchdogTimerStatus>
{
    /// <summary>The only id.</summary>
    public const string Id = "timer";

    /// <inheritdoc/>
    public static ResourceDefinition Definition { get; } = new("WatchdogTimerStatuses.runtime.talos.dev", "runtime")
    {
        PrintColumns = [new PrintColumn("Device", "{.device}"), new PrintColumn("Timeout", "{.timeout}")],
    };

    /// <inheritdoc/>
    public static JsonTypeInfo<WatchdogTimerStatus> Json => RuntimeJson.Default.WatchdogTimerStatus;

    /// <summary>Path of the device.</summary>
    public required string Device { get; init; }

    /// <summary>Time without a feed after which the board resets, such as <c>60s</c>.</summary>
    public required string Timeout { get; init; }
}
