using System.Buffers.Binary;
using CsCheck;
using Talos.Disks.Health;

namespace Talos.Disks.Tests.Health;

public sealed class NvmeHealthLogTests
{
    [Fact]
    public void A_log_is_read_at_the_places_of_the_specification()
    {
        byte[] log = new byte[NvmeHealthLog.Size];
        log[0] = 0x09;
        BinaryPrimitives.WriteUInt16LittleEndian(log.AsSpan(1), 323);
        (log[3], log[4], log[5]) = (97, 10, 104);
        foreach ((int at, ulong value) in new (int, ulong)[] { (32, 3), (48, 5), (64, 77), (80, 77), (96, 77), (112, 12), (128, 40000), (144, 11), (160, 2), (176, 77) })
        {
            BinaryPrimitives.WriteUInt64LittleEndian(log.AsSpan(at), value);
        }

        Assert.Equal(
            new NvmeHealthLog
            {
                Warnings = NvmeWarnings.Spare | NvmeWarnings.ReadOnly,
                TemperatureCelsius = 50,
                SparePercent = 97,
                SpareThresholdPercent = 10,
                UsedPercent = 104,
                ReadBytes = 3 * 512_000,
                WrittenBytes = 5 * 512_000,
                PowerCycles = 12,
                PowerOnHours = 40000,
                UnsafeShutdowns = 11,
                MediaErrors = 2,
            },
            NvmeHealthLog.Read(log));
    }

    [Fact]
    public void Any_512_bytes_give_values_within_their_ranges_or_none() => Gen.Byte.Array[NvmeHealthLog.Size].Sample(bytes =>
    {
        NvmeHealthLog log = NvmeHealthLog.Read(bytes);
        Assert.InRange(log.SparePercent ?? 0, 0, 100);
        Assert.InRange(log.SpareThresholdPercent ?? 0, 0, 100);
        Assert.InRange(log.UsedPercent ?? 0, 0, 255);
        Assert.InRange(log.TemperatureCelsius ?? 0, -60, 200);
        Assert.InRange(log.PowerOnHours ?? 0, 0, 1_000_000);
        Assert.All([log.ReadBytes, log.WrittenBytes, log.PowerCycles, log.PowerOnHours, log.UnsafeShutdowns, log.MediaErrors], v => Assert.True(v is null or >= 0));
        Assert.Equal(0, (int)log.Warnings & ~0x3F);
    });

    [Theory]
    [InlineData(0xFF)]
    [InlineData(0x00)]
    public void A_log_of_one_byte_throughout_reports_nothing(byte value)
    {
        byte[] log = new byte[NvmeHealthLog.Size];
        log.AsSpan().Fill(value);

        Assert.Equal(new NvmeHealthLog { IsReported = false, Warnings = NvmeWarnings.None }, NvmeHealthLog.Read(log));
    }

    /// <summary>Each field of the log in turn: offset, length and what reads it.</summary>
    public static TheoryData<int, int, string> Fields => new()
    {
        { 1, 2, "temperature" }, { 3, 1, "spare" }, { 4, 1, "threshold" }, { 32, 16, "read" }, { 48, 16, "written" },
        { 112, 16, "cycles" }, { 128, 16, "hours" }, { 144, 16, "unsafe" }, { 160, 16, "errors" },
    };

    [Theory]
    [MemberData(nameof(Fields))]
    public void A_field_of_ones_is_not_reported_and_the_others_are(int offset, int length, string field)
    {
        byte[] log = Sensible();
        log.AsSpan(offset, length).Fill(0xFF);

        Dictionary<string, long?> values = Values(NvmeHealthLog.Read(log));

        Assert.Null(values[field]);
        Assert.All(values.Where(v => v.Key != field), v => Assert.NotNull(v.Value));
    }

    [Theory]
    [InlineData(0, null)]
    [InlineData(1, null)]
    [InlineData(212, null)]
    [InlineData(213, -60)]
    [InlineData(263, -10)]
    [InlineData(473, 200)]
    [InlineData(474, null)]
    [InlineData(65535, null)]
    public void A_temperature_that_cannot_be_is_not_reported(int kelvin, int? celsius)
    {
        byte[] log = Sensible();
        BinaryPrimitives.WriteUInt16LittleEndian(log.AsSpan(1), (ushort)kelvin);

        Assert.Equal(celsius, NvmeHealthLog.Read(log).TemperatureCelsius);
    }

    [Fact]
    public void A_byte_of_ones_is_no_set_of_warnings_and_wear_beyond_100_percent_is_told()
    {
        byte[] log = Sensible();
        (log[0], log[5]) = (0xFF, 203);

        Assert.Equal((NvmeWarnings.None, 203), (NvmeHealthLog.Read(log).Warnings, NvmeHealthLog.Read(log).UsedPercent));
    }

    private static byte[] Sensible()
    {
        byte[] log = new byte[NvmeHealthLog.Size];
        BinaryPrimitives.WriteUInt16LittleEndian(log.AsSpan(1), 323);
        (log[3], log[4], log[5]) = (97, 10, 4);
        foreach (int at in (int[])[32, 48, 112, 128, 144, 160])
        {
            log[at] = 5;
        }

        return log;
    }

    private static Dictionary<string, long?> Values(NvmeHealthLog log) => new()
    {
        ["temperature"] = log.TemperatureCelsius,
        ["spare"] = log.SparePercent,
        ["threshold"] = log.SpareThresholdPercent,
        ["read"] = log.ReadBytes,
        ["written"] = log.WrittenBytes,
        ["cycles"] = log.PowerCycles,
        ["hours"] = log.PowerOnHours,
        ["unsafe"] = log.UnsafeShutdowns,
        ["errors"] = log.MediaErrors,
    };

    [Theory]
    [InlineData(0)]
    [InlineData(511)]
    [InlineData(513)]
    public void Another_length_is_refused(int length) => Assert.Contains($"{length} bytes", Assert.Throws<InvalidDataException>(() => NvmeHealthLog.Read(new byte[length])).Message, StringComparison.Ordinal);
}
