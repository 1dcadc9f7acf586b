using CsCheck;
using Talos.Disks.Gpt;
using Talos.Ota.Slots.UBootEnv;

namespace Talos.Ota.Slots.Tests.UBootEnv;

public sealed class UBootTests
{
    private static readonly UBootEnvironment Some = UBootEnvironment.Empty.With("bootcmd", "run distro_bootcmd").With("bootdelay", "0");

    [Fact]
    public void A_copy_is_read_as_it_was_written()
    {
        Assert.Equal(Some.Values, UBootEnvironment.TryParse(Some.ToBytes(4096, flag: null), redundant: false)!.Values);
        Assert.Equal(Some.Values, UBootEnvironment.TryParse(Some.ToBytes(4096, flag: 7), redundant: true)!.Values);
    }

    [Fact]
    public void A_changed_byte_makes_a_copy_void() => Gen.Select(Gen.Int[0, 255], Gen.Byte[1, 255]).Sample((at, change) =>
    {
        byte[] copy = Some.ToBytes(256, flag: null);
        copy[at] ^= change;
        Assert.Null(UBootEnvironment.TryParse(copy, redundant: false));
    });

    [Fact]
    public void Any_bytes_with_a_fitting_checksum_are_read() => Gen.Byte.Array[5, 400].Sample(bytes =>
    {
        BitConverter.TryWriteBytes(bytes, Crc32.Of(bytes.AsSpan(4)));
        Assert.NotNull(UBootEnvironment.TryParse(bytes, redundant: false));
    });

    [Theory]
    [InlineData(1, 2, 1)]
    [InlineData(2, 1, 0)]
    [InlineData(255, 0, 1)]
    [InlineData(0, 255, 0)]
    [InlineData(9, 9, 0)]
    public void Of_two_copies_the_one_written_last_counts(byte first, byte second, int active)
    {
        byte[][] copies = [Some.With("n", "0").ToBytes(512, first), Some.With("n", "1").ToBytes(512, second)];

        UBootCopies read = UBootCopies.Read(copies);

        Assert.Equal($"{active}", read.Environment.Find("n"));
        Assert.Equal(1 - active, read.WriteTo);
        Assert.Equal((byte)(copies[active][4] + 1), read.Flag);
    }

    [Fact]
    public void A_damaged_copy_is_passed_over_and_written_next()
    {
        byte[][] copies = [Some.ToBytes(512, 9), Some.With("n", "1").ToBytes(512, 3)];
        copies[0][100] ^= 1;

        UBootCopies read = UBootCopies.Read(copies);

        Assert.Equal(("1", 0, (byte?)4), (read.Environment.Find("n"), read.WriteTo, read.Flag));
    }

    [Fact]
    public void Values_that_do_not_fit_are_an_error() =>
        Assert.Equal("U-Boot environment: 41 bytes of values are more than 28", Assert.Throws<SlotException>(() => Some.With("x", "1234567890").With("bootdelay", "").ToBytes(32, null)).Message);

    [Fact]
    public void Slots_are_read_as_they_were_written_and_other_variables_stay() => SlotGen.Table.Where(t => t.A.Generation != t.B.Generation).Sample(table =>
    {
        UBootEnvironment written = UBootSlots.Write(Some, table);

        SlotTable read = UBootSlots.Read(written);
        Assert.Equal("0", written.Find("bootdelay"));
        Assert.Equal(table.Next?.Id, read.Next?.Id);
        Assert.Equal(table.A with { Generation = 0 }, read.A with { Generation = 0 });
        Assert.Equal(table.B with { Generation = 0 }, read.B with { Generation = 0 });
    });

    [Fact]
    public void A_trial_starts_three_times_then_the_good_slot()
    {
        UBootEnvironment environment = UBootSlots.Write(Some, new SlotTable(new Slot(SlotId.A, SlotCondition.Good, 1), new Slot(SlotId.B, SlotCondition.Trial, 2, 3)));
        List<SlotId?> started = [];
        for (int i = 0; i < 5; i++)
        {
            (SlotId? slot, environment) = UBootSlots.Boot(environment);
            started.Add(slot);
        }

        Assert.Equal([SlotId.B, SlotId.B, SlotId.B, SlotId.A, SlotId.A], started);
        Assert.Equal(new Slot(SlotId.B, SlotCondition.Bad, 2, 0, 3), UBootSlots.Read(environment).B);
    }
}
