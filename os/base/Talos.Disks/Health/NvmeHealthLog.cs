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

    /// <summary>No composite temperature of a disk that answers lies outside; what does is a register that was not filled.</summary>
    private const int Coldest = -60, Hottest = 200;

    /// <summary>More than 100 years: no disk was on for so long.</summary>
    private const long MostHours = 1_000_000;

    /// <summary>More than one a second for 100 years.</summary>
    private const long MostCycles = 1L << 32;

    /// <summary>False when all bytes are ones or zeros, as a controller answers that is dead or not ready; nothing is reported then.</summary>
    public bool IsReported { get; init; } = true;

    /// <summary>What the controller warns of.</summary>
    public required NvmeWarnings Warnings { get; init; }

    /// <summary>Composite temperature in °C; null when the controller tells none.</summary>
    public int? TemperatureCelsius { get; init; }

    /// <summary>Spare capacity that is left, percent; 0 to 100, null when it tells none.</summary>
    public int? SparePercent { get; init; }

    /// <summary>Below which the controller warns, percent; 0 to 100, null when it tells none.</summary>
    public int? SpareThresholdPercent { get; init; }

    /// <summary>Life that is used up by the maker's estimate, percent; 255 stands for all above 254.</summary>
    public int? UsedPercent { get; init; }

    /// <summary>Bytes the host read, rounded up to 512,000.</summary>
    public long? ReadBytes { get; init; }

    /// <summary>Bytes the host wrote, rounded up to 512,000.</summary>
    public long? WrittenBytes { get; init; }

    /// <summary>Times it was switched on.</summary>
    public long? PowerCycles { get; init; }

    /// <summary>Hours it was on.</summary>
    public long? PowerOnHours { get; init; }

    /// <summary>Times the power failed without a shutdown before.</summary>
    public long? UnsafeShutdowns { get; init; }

    /// <summary>Errors of media or data that were not mended.</summary>
    public long? MediaErrors { get; init; }

    /// <summary>Reads a log; a value that cannot be is not reported, and undefined warning bits are dropped.</summary>
    /// <param name="log">512 bytes.</param>
    /// <exception cref="InvalidDataException">It has another length.</exception>
    public static NvmeHealthLog Read(ReadOnlySpan<byte> log)
    {
        if (log.Length != Size)
        {
            throw new InvalidDataException($"NVMe health log: {log.Length} bytes instead of {Size}");
        }

        if (log.IndexOfAnyExcept((byte)0xFF) < 0 || log.IndexOfAnyExcept((byte)0) < 0)
        {
            return new NvmeHealthLog { IsReported = false, Warnings = NvmeWarnings.None };
        }

        int celsius = BinaryPrimitives.ReadUInt16LittleEndian(log[1..]) - Kelvin;
        return new NvmeHealthLog
        {
            // A byte of ones is no set of warnings: two of its bits mean nothing.
            Warnings = log[0] == 0xFF ? NvmeWarnings.None : (NvmeWarnings)(log[0] & 0x3F),
            TemperatureCelsius = celsius is >= Coldest and <= Hottest ? celsius : null,
            SparePercent = Percent(log[3]),
            SpareThresholdPercent = Percent(log[4]),
            UsedPercent = log[5],
            ReadBytes = Counter(log[32..], DataUnit, long.MaxValue),
            WrittenBytes = Counter(log[48..], DataUnit, long.MaxValue),
            PowerCycles = Counter(log[112..], 1, MostCycles),
            PowerOnHours = Counter(log[128..], 1, MostHours),
            UnsafeShutdowns = Counter(log[144..], 1, MostCycles),
            MediaErrors = Counter(log[160..], 1, long.MaxValue),
        };
    }

    private static int? Percent(byte value) => value <= 100 ? value : null;

    private static long? Counter(ReadOnlySpan<byte> at, int unit, long most)
    {
        UInt128 value = BinaryPrimitives.ReadUInt128LittleEndian(at);
        return value > (UInt128)(most / unit) ? null : (long)value * unit;
    }
}
