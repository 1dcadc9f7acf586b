using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Talos.Cosi;

namespace Talos.Resources.Hardware;

/// <summary>A PCI device; the id is its bus address.</summary>
public sealed record PciDevice : IResourceSpec<PciDevice>
{
    /// <inheritdoc/>
    public static ResourceDefinition Definition { get; } = new("PCIDevices.hardware.talos.dev", "hardware")
    {
        Aliases = ["devices", "device"],
        PrintColumns =
        [
            new PrintColumn("Class", "{.class}"),
            new PrintColumn("Subclass", "{.subclass}"),
            new PrintColumn("Vendor", "{.vendor}"),
            new PrintColumn("Product", "{.product}"),
        ],
    };

    /// <inheritdoc/>
    public static JsonTypeInfo<PciDevice> Json => HardwareJson.Default.PciDevice;

    /// <summary>Name of the class; its number when unknown.</summary>
    public string Class { get; init; } = "";

    /// <summary>Number of the subclass; there is no list of names on the node.</summary>
    public string Subclass { get; init; } = "";

    /// <summary>Name of the vendor; its number when unknown.</summary>
    public string Vendor { get; init; } = "";

    /// <summary>Number of the product; there is no list of names on the node.</summary>
    public string Product { get; init; } = "";

    /// <summary>Number of the class, <c>0x02</c>.</summary>
    [JsonPropertyName("classID")]
    public string ClassId { get; init; } = "";

    /// <summary>Number of the subclass.</summary>
    [JsonPropertyName("subclassID")]
    public string SubclassId { get; init; } = "";

    /// <summary>Number of the vendor.</summary>
    [JsonPropertyName("vendorID")]
    public string VendorId { get; init; } = "";

    /// <summary>Number of the product.</summary>
    [JsonPropertyName("productID")]
    public string ProductId { get; init; } = "";

    /// <summary>Kernel driver; empty when none serves it.</summary>
    public string Driver { get; init; } = "";
}
