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
    public void Any_512_bytes_give_values_within_their_ranges() => Gen.Byte.Array[NvmeHealthLog.Size].Sample(bytes =>
    {
        NvmeHealthLog log = NvmeHealthLog.Read(bytes);
        Assert.InRange(log.SparePercent, 0, 100);
        Assert.InRange(log.SpareThresholdPercent, 0, 100);
        Assert.InRange(log.UsedPercent, 0, 255);
        Assert.InRange(log.TemperatureCelsius ?? 0, -273, 65535);
        Assert.All([log.ReadBytes, log.WrittenBytes, log.PowerCycles, log.PowerOnHours, log.UnsafeShutdowns, log.MediaErrors], v => Assert.True(v >= 0));
        Assert.Equal(0, (int)log.Warnings & ~0x3F);
    });

    [Fact]
    public void Counters_beyond_64_bits_stay_at_the_largest_value()
    {
        byte[] log = new byte[NvmeHealthLog.Size];
        log.AsSpan(32, 144).Fill(0xFF);

        NvmeHealthLog read = NvmeHealthLog.Read(log);

        Assert.Equal((long.MaxValue, long.MaxValue), (read.WrittenBytes, read.MediaErrors));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(511)]
    [InlineData(513)]
    public void Another_length_is_refused(int length) => Assert.Contains($"{length} bytes", Assert.Throws<InvalidDataException>(() => NvmeHealthLog.Read(new byte[length])).Message, StringComparison.Ordinal);
}
