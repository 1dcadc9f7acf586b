using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Talos.Cosi;

namespace Talos.Resources.Block;

/// <summary>What a disk tells of its own health, read once an hour; the id is its kernel name, e.g. <c>nvme0n1</c>. Only NVMe disks have one.</summary>
/// <remarks>A value is null when the disk does not report it, or reports what cannot be.</remarks>
public sealed record DiskHealth : IResourceSpec<DiskHealth>
{
    /// <inheritdoc/>
    public static ResourceDefinition Definition { get; } = new("DiskHealths.edge.talos.dev", "runtime")
    {
        PrintColumns =
        [
            new PrintColumn("Used", "{.usedPercent}"),
            new PrintColumn("Spare", "{.sparePercent}"),
            new PrintColumn("Temperature", "{.temperatureCelsius}"),
            new PrintColumn("Media Errors", "{.mediaErrors}"),
            new PrintColumn("Unsafe Shutdowns", "{.unsafeShutdowns}"),
            new PrintColumn("Warnings", "{.warnings}"),
        ],
    };

    /// <inheritdoc/>
    public static JsonTypeInfo<DiskHealth> Json => BlockJson.Default.DiskHealth;

    /// <summary>What the disk warns of: <c>spare</c>, <c>temperature</c>, <c>reliability</c>, <c>read-only</c>, <c>backup</c>, <c>persistent-memory</c>.</summary>
    [JsonConverter(typeof(ValueListConverter<string>))]
    public ValueList<string> Warnings { get; init; }

    /// <summary>Life that is used up by the maker's estimate, percent; 0 to 255.</summary>
    public int? UsedPercent { get; init; }

    /// <summary>Spare capacity that is left, percent.</summary>
    public int? SparePercent { get; init; }

    /// <summary>Below which the disk warns, percent.</summary>
    public int? SpareThresholdPercent { get; init; }

    /// <summary>°C; null when the disk tells none.</summary>
    public int? TemperatureCelsius { get; init; }

    /// <summary>Bytes read in its life.</summary>
    public long? ReadBytes { get; init; }

    /// <summary>Bytes written in its life.</summary>
    public long? WrittenBytes { get; init; }

    /// <summary>Times it was switched on.</summary>
    public long? PowerCycles { get; init; }

    /// <summary>Hours it was on.</summary>
    public long? PowerOnHours { get; init; }

    /// <summary>Times the power failed without a shutdown before.</summary>
    public long? UnsafeShutdowns { get; init; }

    /// <summary>Errors of media or data that were not mended.</summary>
    public long? MediaErrors { get; init; }
}
