using System.Text.Json.Serialization.Metadata;
using Talos.Cosi;

namespace Talos.Resources.Hardware;

/// <summary>A memory module that is plugged in; the id is its place.</summary>
public sealed record MemoryModule : IResourceSpec<MemoryModule>
{
    /// <inheritdoc/>
    public static ResourceDefinition Definition { get; } = new("MemoryModules.hardware.talos.dev", "hardware")
    {
        Aliases = ["memorymodules", "ram"],
        PrintColumns =
        [
            new PrintColumn("Manufacturer", "{.manufacturer}"),
            new PrintColumn("Model", "{.productName}"),
            new PrintColumn("SizeMiB", "{.sizeMiB}"),
        ],
    };

    /// <inheritdoc/>
    public static JsonTypeInfo<MemoryModule> Json => HardwareJson.Default.MemoryModule;

    /// <summary>Size in MiB.</summary>
    public required long SizeMiB { get; init; }

    /// <summary>Place on the board.</summary>
    public string DeviceLocator { get; init; } = "";

    /// <summary>Bank on the board.</summary>
    public string BankLocator { get; init; } = "";

    /// <summary>Speed in MT/s; 0 when unknown.</summary>
    public int Speed { get; init; }

    /// <summary>Who made it.</summary>
    public string Manufacturer { get; init; } = "";

    /// <summary>What it is called.</summary>
    public string ProductName { get; init; } = "";

    /// <summary>Its serial number.</summary>
    public string SerialNumber { get; init; } = "";
}
