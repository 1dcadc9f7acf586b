using Talos.Ota.Slots.UBootEnv;

namespace Talos.Ota.Slots.Tests;

/// <summary>A boot loader whose notes were lost: what runs is entered before anything else is changed.</summary>
public sealed class EnterTests
{
    private static readonly SlotCondition[] Conditions = [SlotCondition.Empty, SlotCondition.Good, SlotCondition.Trial, SlotCondition.Bad];

    public static TheoryData<SlotCondition, SlotCondition> Tables => new(
        from a in Conditions
        from b in Conditions
        where !(a is SlotCondition.Trial && b is SlotCondition.Trial)
        select (a, b));

    [Theory]
    [MemberData(nameof(Tables))]
    public void After_entering_what_runs_an_update_that_fails_ends_in_it_again_or_is_refused(SlotCondition a, SlotCondition b)
    {
        SlotTable table = SlotRules.Enter(new SlotTable(Of(SlotId.A, a, 1), Of(SlotId.B, b, 2)), SlotId.A, triesLeft: null);

        Assert.NotEqual(SlotCondition.Empty, table.A.Condition);
        Assert.Equal(a is SlotCondition.Empty ? SlotCondition.Good : a, table.A.Condition);
        Assert.Equal(b, table.B.Condition);
        SlotTable begun;
        try
        {
            begun = SlotRules.BeginUpdate(table, SlotId.A);
        }
        catch (SlotException)
        {
            return;
        }

        UBootEnvironment environment = UBootSlots.Write(UBootEnvironment.Empty, SlotRules.ArmTrial(begun, SlotId.A));
        List<SlotId?> starts = [];
        for (int i = 0; i < 5; i++)
        {
            (SlotId? slot, environment) = UBootSlots.Boot(environment);
            starts.Add(slot);
        }

        Assert.Equal([SlotId.B, SlotId.B, SlotId.B], starts.Take(3));
        Assert.True(a is SlotCondition.Bad || starts[^1] is SlotId.A, string.Join(" ", starts));
    }

    [Fact]
    public void A_pending_trial_still_starts_first() =>
        Assert.Equal(SlotId.B, SlotRules.Enter(new SlotTable(Slot.Empty(SlotId.A), Of(SlotId.B, SlotCondition.Trial, 2)), SlotId.A, triesLeft: null).Next!.Id);

    [Fact]
    public void What_runs_on_trial_is_entered_as_a_trial_and_not_as_good() =>
        Assert.Equal(new Slot(SlotId.A, SlotCondition.Trial, 1, 1), SlotRules.Enter(SlotTable.Empty, SlotId.A, triesLeft: -1).A);

    [Fact]
    public void An_update_from_a_slot_the_boot_loader_does_not_know_is_refused() =>
        Assert.Contains("nothing to fall back to", Assert.Throws<SlotException>(() => SlotRules.BeginUpdate(SlotTable.Empty, SlotId.A)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Copies_without_a_good_checksum_are_unreadable_and_not_empty(int count)
    {
        foreach (byte fill in new byte[] { 0, 0xFF, 0x5A })
        {
            byte[][] copies = [.. Enumerable.Range(0, count).Select(_ => Enumerable.Repeat(fill, 512).ToArray())];
            Assert.False(UBootCopies.Read(copies).IsReadable);
        }

        byte[] intact = UBootEnvironment.Empty.With("bootcmd", "run").ToBytes(512, count == 2 ? (byte)1 : null);
        Assert.True(UBootCopies.Read([intact, .. Enumerable.Repeat(new byte[512], count - 1)]).IsReadable);
    }

    private static Slot Of(SlotId id, SlotCondition condition, int generation) => condition switch
    {
        SlotCondition.Empty => Slot.Empty(id),
        SlotCondition.Trial => new Slot(id, condition, generation, 2, 1),
        SlotCondition.Bad => new Slot(id, condition, generation, 0, 3),
        _ => new Slot(id, condition, generation),
    };
}
