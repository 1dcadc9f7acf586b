using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Talos.Cosi;

namespace Talos.Resources.Block;

/// <summary>A disk or partition with what it holds; the id is its kernel name, e.g. <c>vda5</c>.</summary>
public sealed record DiscoveredVolume : IResourceSpec<DiscoveredVolume>
{
    /// <inheritdoc/>
    public static ResourceDefinition Definition { get; } = new("DiscoveredVolumes.block.talos.dev", "runtime")
    {
        PrintColumns =
        [
            new PrintColumn("Type", "{.type}"),
            new PrintColumn("Size", "{.pretty_size}"),
            new PrintColumn("Discovered", "{.name}"),
            new PrintColumn("Label", "{.label}"),
            new PrintColumn("Partition Label", "{.partition_label}"),
        ],
    };

    /// <inheritdoc/>
    public static JsonTypeInfo<DiscoveredVolume> Json => BlockJson.Default.DiscoveredVolume;

    /// <summary>Device node.</summary>
    [JsonPropertyName("dev_path")]
    public required string DevicePath { get; init; }

    /// <summary><c>disk</c> or <c>partition</c>.</summary>
    public required string Type { get; init; }

    /// <summary>Kernel name of the disk of a partition; empty for a disk.</summary>
    public string Parent { get; init; } = "";

    /// <summary>Bytes.</summary>
    public required long Size { get; init; }

    /// <summary>Size for people, in powers of 1000.</summary>
    [JsonPropertyName("pretty_size")]
    public string PrettySize => ByteSize.Format(Size);

    /// <summary>Bytes a logical sector.</summary>
    [JsonPropertyName("sector_size")]
    public int SectorSize { get; init; }

    /// <summary>What it holds: <c>ext4</c>, <c>xfs</c>, <c>gpt</c>, ...; empty when nothing known.</summary>
    public string Name { get; init; } = "";

    /// <summary>Label of the file system.</summary>
    public string Label { get; init; } = "";

    /// <summary>Id of the file system or partition table.</summary>
    public string Uuid { get; init; } = "";

    /// <summary>Bytes a block of the file system; 0 when unknown.</summary>
    [JsonPropertyName("filesystem_block_size")]
    public long FilesystemBlockSize { get; init; }

    /// <summary>Bytes the content takes by its own account; 0 when unknown.</summary>
    [JsonPropertyName("probed_size")]
    public long ProbedSize { get; init; }

    /// <summary>Label of the partition.</summary>
    [JsonPropertyName("partition_label")]
    public string PartitionLabel { get; init; } = "";

    /// <summary>Id of the partition.</summary>
    [JsonPropertyName("partition_uuid")]
    public string PartitionUuid { get; init; } = "";

    /// <summary>Type id of the partition.</summary>
    [JsonPropertyName("partition_type")]
    public string PartitionType { get; init; } = "";

    /// <summary>Number of the partition, from 1; 0 for a disk.</summary>
    [JsonPropertyName("partition_index")]
    public int PartitionIndex { get; init; }
}
