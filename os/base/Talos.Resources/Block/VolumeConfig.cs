using System.Text.Json.Serialization.Metadata;
using Talos.Cosi;

namespace Talos.Resources.Block;

/// <summary>A volume this node should have; the id is its partition label.</summary>
public sealed record VolumeConfig : IResourceSpec<VolumeConfig>
{
    /// <inheritdoc/>
    public static ResourceDefinition Definition { get; } = new("VolumeConfigs.block.talos.dev", "runtime") { Sensitive = true };

    /// <inheritdoc/>
    public static JsonTypeInfo<VolumeConfig> Json => BlockJson.Default.VolumeConfig;

    /// <summary><c>partition</c>.</summary>
    public string Type { get; init; } = "partition";

    /// <summary>File system; empty for raw content.</summary>
    public string Filesystem { get; init; } = "";

    /// <summary>Bytes; 0 for all that is left of the disk.</summary>
    public long Size { get; init; }

    /// <summary>Whether it grows with the disk.</summary>
    public bool Grow { get; init; }

    /// <summary>Where it is mounted; empty when it is not.</summary>
    public string TargetPath { get; init; } = "";
}
