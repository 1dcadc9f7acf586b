using System.Buffers.Binary;

namespace Talos.Disks.Health;

/// <summary>The health log of an NVMe controller.</summary>
/// <remarks>Source: NVM Express Base Specification 2.0, SMART / Health Information log (log identifier 02h), 512 bytes, little endian.</remarks>
public sealed record NvmeHealthLog
{
    /// <summary>Bytes of the log.</summary>
    public const int Size = 512;

    /// <summary>Log identifier.</summary>
    public const byte Identifier = 2;

    /// <summary>A data unit is 1000 units of 512 bytes.</summary>
    private const int DataUnit = 512_000;

    private const int Kelvin = 273;

    /// <summary>What the controller warns of.</summary>
    public required NvmeWarnings Warnings { get; init; }

    /// <summary>Composite temperature in °C; null when the controller tells none.</summary>
    public int? TemperatureCelsius { get; init; }

    /// <summary>Spare capacity that is left, percent; 0 to 100.</summary>
    public required int SparePercent { get; init; }

    /// <summary>Below which the controller warns, percent; 0 to 100.</summary>
    public required int SpareThresholdPercent { get; init; }

    /// <summary>Life that is used up by the maker's estimate, percent; 255 stands for all above 254.</summary>
    public required int UsedPercent { get; init; }

    /// <summary>Bytes the host read, rounded up to 512,000.</summary>
    public required long ReadBytes { get; init; }

    /// <summary>Bytes the host wrote, rounded up to 512,000.</summary>
    public required long WrittenBytes { get; init; }

    /// <summary>Times it was switched on.</summary>
    public required long PowerCycles { get; init; }

    /// <summary>Hours it was on.</summary>
    public required long PowerOnHours { get; init; }

    /// <summary>Times the power failed without a shutdown before.</summary>
    public required long UnsafeShutdowns { get; init; }

    /// <summary>Errors of media or data that were not mended.</summary>
    public required long MediaErrors { get; init; }

    /// <summary>Reads a log.</summary>
    /// <param name="log">512 bytes; 128-bit counters beyond <see cref="long.MaxValue"/> become that, undefined warning bits are dropped, percentages of the reserve end at 100.</param>
    /// <exception cref="InvalidDataException">It has another length.</exception>
    public static NvmeHealthLog Read(ReadOnlySpan<byte> log)
    {
        if (log.Length != Size)
        {
            throw new InvalidDataException($"NVMe health log: {log.Length} bytes instead of {Size}");
        }

        int kelvin = BinaryPrimitives.ReadUInt16LittleEndian(log[1..]);
        return new NvmeHealthLog
        {
            Warnings = (NvmeWarnings)(log[0] & 0x3F),
            TemperatureCelsius = kelvin == 0 ? null : kelvin - Kelvin,
            SparePercent = Math.Min((int)log[3], 100),
            SpareThresholdPercent = Math.Min((int)log[4], 100),
            UsedPercent = log[5],
            ReadBytes = Counter(log[32..], DataUnit),
            WrittenBytes = Counter(log[48..], DataUnit),
            PowerCycles = Counter(log[112..], 1),
            PowerOnHours = Counter(log[128..], 1),
            UnsafeShutdowns = Counter(log[144..], 1),
            MediaErrors = Counter(log[160..], 1),
        };
    }

    private static long Counter(ReadOnlySpan<byte> at, int unit)
    {
        UInt128 value = BinaryPrimitives.ReadUInt128LittleEndian(at);
        return value > (UInt128)(long.MaxValue / unit) ? long.MaxValue : (long)value * unit;
    }
}
