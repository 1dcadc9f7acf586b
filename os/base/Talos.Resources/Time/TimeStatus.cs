using System.Text.Json.Serialization.Metadata;
using Talos.Cosi;

namespace Talos.Resources.Time;

/// <summary>Whether the clock is right; the id is <c>node</c>.</summary>
public sealed record TimeStatus : IResourceSpec<TimeStatus>
{
    /// <summary>The only id.</summary>
    public const string Id = "node";

    /// <inheritdoc/>
    public static ResourceDefinition Definition { get; } = new("TimeStatuses.v1alpha1.talos.dev", "runtime")
    {
        PrintColumns = [new PrintColumn("Synced", "{.synced}")],
    };

    /// <inheritdoc/>
    public static JsonTypeInfo<TimeStatus> Json => TimeJson.Default.TimeStatus;

    /// <summary>Whether nothing needs to wait for the clock: it is in step, is not to be kept, or was waited for long enough.</summary>
    public bool Synced { get; init; }

    /// <summary>Counts the jumps of the clock; who plans by wall clock plans anew when it changes.</summary>
    public int Epoch { get; init; }

    /// <summary>Whether the clock is left alone.</summary>
    public bool SyncDisabled { get; init; }
}
