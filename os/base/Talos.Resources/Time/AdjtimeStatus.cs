using System.Text.Json.Serialization.Metadata;
using Talos.Cosi;

namespace Talos.Resources.Time;

/// <summary>The last measurement of the clock; the id is <c>node</c>.</summary>
public sealed record AdjtimeStatus : IResourceSpec<AdjtimeStatus>
{
    /// <summary>The only id.</summary>
    public const string Id = "node";

    /// <inheritdoc/>
    public static ResourceDefinition Definition { get; } = new("AdjtimeStatuses.v1alpha1.talos.dev", "runtime")
    {
        PrintColumns =
        [
            new PrintColumn("Offset", "{.offset}"),
            new PrintColumn("EstError", "{.estError}"),
            new PrintColumn("MaxError", "{.maxError}"),
            new PrintColumn("Status", "{.status}"),
            new PrintColumn("Sync", "{.syncStatus}"),
        ],
    };

    /// <inheritdoc/>
    public static JsonTypeInfo<AdjtimeStatus> Json => TimeJson.Default.AdjtimeStatus;

    /// <summary>What the clock lacked, such as <c>-1.234ms</c>.</summary>
    public required string Offset { get; init; }

    /// <summary>Estimated error of the measurement.</summary>
    public required string EstError { get; init; }

    /// <summary>Largest possible error of the measurement.</summary>
    public required string MaxError { get; init; }

    /// <summary>What was done: <c>stepped</c> or <c>slewed</c>, and by which server.</summary>
    public required string Status { get; init; }

    /// <summary>Whether the clock is in step.</summary>
    public bool SyncStatus { get; init; }
}
