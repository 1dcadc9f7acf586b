using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Talos.Cosi;

namespace Talos.Resources.Block;

/// <summary>The disk this node was booted from; the id is <c>system-disk</c>.</summary>
public sealed record SystemDisk : IResourceSpec<SystemDisk>
{
    /// <summary>The only id.</summary>
    public const string Id = "system-disk";

    /// <inheritdoc/>
    public static ResourceDefinition Definition { get; } = new("SystemDisks.block.talos.dev", "runtime")
    {
        PrintColumns = [new PrintColumn("Disk", "{.diskID}")],
    };

    /// <inheritdoc/>
    public static JsonTypeInfo<SystemDisk> Json => BlockJson.Default.SystemDisk;

    /// <summary>Id of the <see cref="Disk"/>.</summary>
    [JsonPropertyName("diskID")]
    public required string DiskId { get; init; }

    /// <summary>Its device node.</summary>
    public required string DevPath { get; init; }
}
