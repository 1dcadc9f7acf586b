using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Talos.Cosi;

namespace Talos.Resources.Block;

/// <summary>A whole disk; the id is its kernel name, e.g. <c>vda</c>.</summary>
public sealed record Disk : IResourceSpec<Disk>
{
    /// <inheritdoc/>
    public static ResourceDefinition Definition { get; } = new("Disks.block.talos.dev", "runtime")
    {
        PrintColumns =
        [
            new PrintColumn("Size", "{.pretty_size}"),
            new PrintColumn("Read Only", "{.readonly}"),
            new PrintColumn("Transport", "{.transport}"),
            new PrintColumn("Rotational", "{.rotational}"),
            new PrintColumn("WWID", "{.wwid}"),
            new PrintColumn("Model", "{.model}"),
            new PrintColumn("Serial", "{.serial}"),
        ],
    };

    /// <inheritdoc/>
    public static JsonTypeInfo<Disk> Json => BlockJson.Default.Disk;

    /// <summary>Device node.</summary>
    [JsonPropertyName("dev_path")]
    public required string DevicePath { get; init; }

    /// <summary>Bytes.</summary>
    public required long Size { get; init; }

    /// <summary>Size for people, in powers of 1000.</summary>
    [JsonPropertyName("pretty_size")]
    public string PrettySize => ByteSize.Format(Size);

    /// <summary>Best size of a request, bytes.</summary>
    [JsonPropertyName("io_size")]
    public int IoSize { get; init; }

    /// <summary>Bytes a logical sector.</summary>
    [JsonPropertyName("sector_size")]
    public int SectorSize { get; init; }

    /// <summary>Whether the kernel refuses writes.</summary>
    [JsonPropertyName("readonly")]
    public bool ReadOnly { get; init; }

    /// <summary>Whether it is an optical drive.</summary>
    public bool Cdrom { get; init; }

    /// <summary>Whether it is a hard disk rather than flash.</summary>
    public bool Rotational { get; init; }

    /// <summary>Model; empty when unknown.</summary>
    public string Model { get; init; } = "";

    /// <summary>Serial number; empty when unknown.</summary>
    public string Serial { get; init; } = "";

    /// <summary>Module alias; empty when unknown.</summary>
    public string Modalias { get; init; } = "";

    /// <summary>World-wide id; empty when unknown.</summary>
    public string Wwid { get; init; } = "";

    /// <summary>UUID of an NVMe namespace; empty otherwise.</summary>
    public string Uuid { get; init; } = "";

    /// <summary>Path of the device below <c>/sys/devices</c>.</summary>
    [JsonPropertyName("bus_path")]
    public string BusPath { get; init; } = "";

    /// <summary>Kernel subsystem.</summary>
    [JsonPropertyName("sub_system")]
    public string Subsystem { get; init; } = "";

    /// <summary>How it is attached: <c>virtio</c>, <c>nvme</c>, <c>mmc</c>, <c>usb</c>, <c>ata</c>, <c>scsi</c>; empty when unknown.</summary>
    public string Transport { get; init; } = "";

    /// <summary>Links to it below <c>/dev/disk</c>.</summary>
    [JsonConverter(typeof(ValueListConverter<string>))]
    public ValueList<string> Symlinks { get; init; }
}
