using CsCheck;
using Talos.Disks.Meta;

namespace Talos.Disks.Tests.Meta;

public sealed class MetaTests
{
    private static readonly Gen<(uint Tag, byte[] Value)[]> Values = Gen.Select(Gen.UInt[1, 300], Gen.Byte.Array[0, 600]).Array[0, 20];

    [Fact]
    public void Values_are_read_as_they_were_written()
    {
        Values.Sample(
            values =>
            {
                MetaBlock block = Block(values);
                MetaBlock? read = MetaBlock.TryParse(block.ToBytes());
                return read is not null && Same(read, block);
            },
            iter: 50, threads: 1);
    }

    [Fact]
    public void The_layout_is_big_endian_with_magics_at_both_ends()
    {
        byte[] data = MetaBlock.Empty.With(MetaTag.User1, "hi"u8).ToBytes();

        Assert.Equal("5A4B3C2D0000000C000000026869" + "00000000", Convert.ToHexString(data, 0, 18));
        Assert.Equal("A5B4C3D2", Convert.ToHexString(data, data.Length - 4, 4));
        Assert.Equal(262_144, data.Length);
    }

    [Fact]
    public void A_power_cut_at_any_moment_leaves_the_old_or_the_new_values()
    {
        MetaBlock old = MetaBlock.Empty.With(MetaTag.Upgrade, "A"u8);
        MetaBlock wanted = MetaBlock.Empty.With(MetaTag.Upgrade, "B"u8).With(MetaTag.User1, new byte[3000]);
        byte[] both = [.. old.ToBytes(), .. old.ToBytes()];
        byte[] second = [.. new byte[MetaBlock.Size], .. old.ToBytes()];
        byte[] first = [.. old.ToBytes(), .. new byte[MetaBlock.Size]];

        foreach (byte[] disk in (byte[][])[both, second, first])
        {
            IReadOnlyList<DiskWrite> plan = MetaPartition.Plan(wanted, MetaPartition.Read(disk).Condition);
            Gen.Select(Gen.Int[0, plan.Count - 1], Gen.Int).Sample(
                (step, seed) =>
                {
                    MetaReadResult left = MetaPartition.Read(PowerCut.Cut(disk, plan, step, seed));
                    return left.Condition is not MetaCondition.None && (Same(left.Block, old) || Same(left.Block, wanted));
                },
                iter: 15, threads: 1);
        }
    }

    [Fact]
    public void One_flipped_bit_anywhere_makes_a_copy_invalid()
    {
        byte[] data = MetaBlock.Empty.With(MetaTag.User1, "value"u8).ToBytes();

        Gen.Select(Gen.Int[0, MetaBlock.Size - 1], Gen.Int[0, 7]).Sample(
            (offset, bit) =>
            {
                byte[] damaged = [.. data];
                damaged[offset] ^= (byte)(1 << bit);
                return MetaBlock.TryParse(damaged) is null;
            },
            iter: 60, threads: 1);
    }

    [Theory]
    [InlineData(false, false, MetaCondition.None)]
    [InlineData(true, true, MetaCondition.Both)]
    [InlineData(true, false, MetaCondition.FirstOnly)]
    [InlineData(false, true, MetaCondition.SecondOnly)]
    public void The_condition_tells_which_copies_are_intact(bool first, bool second, MetaCondition condition)
    {
        byte[] copy = MetaBlock.Empty.With(7, "x"u8).ToBytes();

        MetaReadResult read = MetaPartition.Read([.. first ? copy : new byte[MetaBlock.Size], .. second ? copy : new byte[MetaBlock.Size]]);

        Assert.Equal(condition, read.Condition);
        Assert.Equal(first || second, read.Block.Find(7) is not null);
    }

    [Fact]
    public void What_does_not_fit_is_refused()
    {
        MetaBlock full = MetaBlock.Empty.With(1, new byte[MetaBlock.Capacity - 12]);

        Assert.NotNull(MetaBlock.TryParse(full.ToBytes()));
        Assert.Throws<InvalidDataException>(() => MetaBlock.Empty.With(1, new byte[MetaBlock.Capacity - 11]));
        Assert.Throws<InvalidDataException>(() => MetaBlock.Empty.With(0, "x"u8));
        Assert.Empty(full.Without(1).Tags);
    }

    private static MetaBlock Block((uint Tag, byte[] Value)[] values) => values.Aggregate(MetaBlock.Empty, (b, v) => b.With(v.Tag, v.Value));

    private static bool Same(MetaBlock a, MetaBlock b) =>
        a.Tags.SequenceEqual(b.Tags) && a.Tags.All(t => a.Find(t)!.Value.Span.SequenceEqual(b.Find(t)!.Value.Span));
}
