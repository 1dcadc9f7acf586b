using System.Text.Json.Serialization.Metadata;
using Talos.Cosi;

namespace Talos.Resources.Hardware;

/// <summary>A processor socket; the ids are <c>CPU-0</c> and so on.</summary>
public sealed record Processor : IResourceSpec<Processor>
{
    /// <inheritdoc/>
    public static ResourceDefinition Definition { get; } = new("Processors.hardware.talos.dev", "hardware")
    {
        Aliases = ["cpus", "cpu"],
        PrintColumns =
        [
            new PrintColumn("Manufacturer", "{.manufacturer}"),
            new PrintColumn("Model", "{.productName}"),
            new PrintColumn("Cores", "{.coreCount}"),
            new PrintColumn("Threads", "{.threadCount}"),
        ],
    };

    /// <inheritdoc/>
    public static JsonTypeInfo<Processor> Json => HardwareJson.Default.Processor;

    /// <summary>Name of the socket.</summary>
    public string Socket { get; init; } = "";

    /// <summary>Who made it.</summary>
    public string Manufacturer { get; init; } = "";

    /// <summary>What it is called.</summary>
    public string ProductName { get; init; } = "";

    /// <summary>Largest clock rate in MHz; 0 when unknown.</summary>
    public int MaxSpeedMhz { get; init; }

    /// <summary>Cores.</summary>
    public int CoreCount { get; init; }

    /// <summary>Threads of all cores.</summary>
    public int ThreadCount { get; init; }
}
