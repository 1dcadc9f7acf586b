using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Talos.Cosi;

namespace Talos.Resources.Block;

/// <summary>A mounted volume; the id is its partition label.</summary>
public sealed record MountStatus : IResourceSpec<MountStatus>
{
    /// <inheritdoc/>
    public static ResourceDefinition Definition { get; } = new("MountStatuses.block.talos.dev", "runtime")
    {
        PrintColumns =
        [
            new PrintColumn("Source", "{.source}"),
            new PrintColumn("Target", "{.target}"),
            new PrintColumn("Filesystem", "{.filesystem}"),
            new PrintColumn("Volume", "{.spec.volumeID}"),
        ],
    };

    /// <inheritdoc/>
    public static JsonTypeInfo<MountStatus> Json => BlockJson.Default.MountStatus;

    /// <summary>Which volume.</summary>
    public required MountSpec Spec { get; init; }

    /// <summary>Device node.</summary>
    public required string Source { get; init; }

    /// <summary>Mount point.</summary>
    public required string Target { get; init; }

    /// <summary>File system.</summary>
    public required string Filesystem { get; init; }

    /// <summary>Whether it is mounted read-only.</summary>
    public bool ReadOnly { get; init; }
}

/// <summary>Which volume is mounted.</summary>
/// <param name="VolumeId">Its partition label.</param>
public sealed record MountSpec([property: JsonPropertyName("volumeID")] string VolumeId);
