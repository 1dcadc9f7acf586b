using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Talos.Cosi;

namespace Talos.Resources.Block;

/// <summary>A volume as it is; the id is its partition label.</summary>
public sealed record VolumeStatus : IResourceSpec<VolumeStatus>
{
    /// <inheritdoc/>
    public static ResourceDefinition Definition { get; } = new("VolumeStatuses.block.talos.dev", "runtime")
    {
        PrintColumns =
        [
            new PrintColumn("Type", "{.type}"),
            new PrintColumn("Phase", "{.phase}"),
            new PrintColumn("Location", "{.location}"),
            new PrintColumn("Size", "{.prettySize}"),
        ],
    };

    /// <inheritdoc/>
    public static JsonTypeInfo<VolumeStatus> Json => BlockJson.Default.VolumeStatus;

    /// <summary>How far it is.</summary>
    public required VolumePhase Phase { get; init; }

    /// <summary><c>partition</c>.</summary>
    public string Type { get; init; } = "partition";

    /// <summary>Device node; empty before it is located.</summary>
    public string Location { get; init; } = "";

    /// <summary>Device node of its disk.</summary>
    public string ParentLocation { get; init; } = "";

    /// <summary>Number of the partition; 0 before it is located.</summary>
    public int PartitionIndex { get; init; }

    /// <summary>Id of the partition.</summary>
    [JsonPropertyName("partitionUUID")]
    public string PartitionUuid { get; init; } = "";

    /// <summary>File system; empty for raw content.</summary>
    public string Filesystem { get; init; } = "";

    /// <summary>Bytes.</summary>
    public long Size { get; init; }

    /// <summary>Size for people, in powers of 1000.</summary>
    public string PrettySize => Size == 0 ? "" : ByteSize.Format(Size);

    /// <summary>Why it failed; empty otherwise.</summary>
    public string ErrorMessage { get; init; } = "";
}

/// <summary>How far a volume is.</summary>
public enum VolumePhase
{
    /// <summary>Nobody asked for it yet.</summary>
    [JsonStringEnumMemberName("waiting")]
    Waiting,

    /// <summary>It cannot be used; see the message.</summary>
    [JsonStringEnumMemberName("failed")]
    Failed,

    /// <summary>Its partition and file system are being made, checked or grown.</summary>
    [JsonStringEnumMemberName("provisioned")]
    Provisioned,

    /// <summary>It can be used.</summary>
    [JsonStringEnumMemberName("ready")]
    Ready,

    /// <summary>It was unmounted.</summary>
    [JsonStringEnumMemberName("closed")]
    Closed,
}
