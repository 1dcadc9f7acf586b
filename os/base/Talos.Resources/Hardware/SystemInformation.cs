using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Talos.Cosi;

namespace Talos.Resources.Hardware;

/// <summary>The board; the id is <c>systeminformation</c>.</summary>
public sealed record SystemInformation : IResourceSpec<SystemInformation>
{
    /// <summary>The only id.</summary>
    public const string Id = "systeminformation";

    /// <inheritdoc/>
    public static ResourceDefinition Definition { get; } = new("SystemInformations.hardware.talos.dev", "hardware")
    {
        Aliases = ["systeminformation"],
        PrintColumns =
        [
            new PrintColumn("Manufacturer", "{.manufacturer}"),
            new PrintColumn("ProductName", "{.productName}"),
            new PrintColumn("Version", "{.version}"),
            new PrintColumn("SerialNumber", "{.serialnumber}"),
            new PrintColumn("UUID", "{.uuid}"),
            new PrintColumn("WakeUpType", "{.wakeUpType}"),
            new PrintColumn("SKUNumber", "{.skuNumber}"),
        ],
    };

    /// <inheritdoc/>
    public static JsonTypeInfo<SystemInformation> Json => HardwareJson.Default.SystemInformation;

    /// <summary>Who made it.</summary>
    public string Manufacturer { get; init; } = "";

    /// <summary>What it is called.</summary>
    public string ProductName { get; init; } = "";

    /// <summary>Its version.</summary>
    public string Version { get; init; } = "";

    /// <summary>Its serial number.</summary>
    [JsonPropertyName("serialnumber")]
    public string SerialNumber { get; init; } = "";

    /// <summary>Its UUID in lower case.</summary>
    public string Uuid { get; init; } = "";

    /// <summary>What switched it on.</summary>
    public string WakeUpType { get; init; } = "";

    /// <summary>Its stock keeping unit.</summary>
    public string SkuNumber { get; init; } = "";
}
