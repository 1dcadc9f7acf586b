namespace Talos.Ota.Slots.Tests;

public sealed class SlotRulesTests
{
    private static readonly SlotTable Fresh = SlotTable.Empty.With(new Slot(SlotId.A, SlotCondition.Good, 1));

    [Fact]
    public void An_update_is_written_to_the_inactive_slot_tried_and_blessed()
    {
        SlotTable written = SlotRules.BeginUpdate(Fresh, SlotId.A);
        SlotTable armed = SlotRules.ArmTrial(written, SlotId.A);
        SlotTable blessed = SlotRules.Bless(armed, SlotId.B);

        Assert.Equal(new Slot(SlotId.B, SlotCondition.Trial, 2, 3), armed.Next);
        Assert.Equal(SlotCondition.Good, armed.A.Condition);
        Assert.Equal(new Slot(SlotId.B, SlotCondition.Good, 2), blessed.Next);
    }

    [Fact]
    public void No_update_begins_while_a_trial_is_pending_or_runs()
    {
        SlotTable armed = SlotRules.ArmTrial(Fresh, SlotId.A);

        Assert.Contains("trial pending", Assert.Throws<SlotException>(() => SlotRules.BeginUpdate(armed, SlotId.A)).Message, StringComparison.Ordinal);
        Assert.Contains("on trial and runs", Assert.Throws<SlotException>(() => SlotRules.BeginUpdate(armed, SlotId.B)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_last_good_slot_is_neither_written_nor_marked_bad()
    {
        SlotTable table = Fresh.With(new Slot(SlotId.B, SlotCondition.Bad, 2, 0, 3));

        Assert.Throws<SlotException>(() => SlotRules.BeginUpdate(table, SlotId.B));
        Assert.Throws<SlotException>(() => SlotRules.MarkBad(table, SlotId.A));
        Assert.Equal(SlotCondition.Empty, SlotRules.BeginUpdate(table, SlotId.A).B.Condition);
    }

    [Fact]
    public void When_both_are_bad_the_other_one_may_be_written()
    {
        SlotTable table = new(new Slot(SlotId.A, SlotCondition.Bad, 1, 0, 1), new Slot(SlotId.B, SlotCondition.Bad, 2, 0, 3));

        Assert.Equal(SlotId.B, table.Next!.Id);
        Assert.Equal(SlotCondition.Empty, SlotRules.BeginUpdate(table, SlotId.B).A.Condition);
    }

    [Fact]
    public void Rolling_back_raises_the_other_slot_and_keeps_this_one()
    {
        SlotTable table = new(new Slot(SlotId.A, SlotCondition.Good, 1), new Slot(SlotId.B, SlotCondition.Good, 2));

        SlotTable back = SlotRules.RollBack(table, SlotId.B);

        Assert.Equal(new Slot(SlotId.A, SlotCondition.Good, 3), back.Next);
        Assert.Equal(table.B, back.B);
        Assert.Equal(back, SlotRules.RollBack(back, SlotId.B));
    }

    [Fact]
    public void Rolling_back_from_a_trial_marks_it_bad()
    {
        SlotTable armed = SlotRules.ArmTrial(Fresh, SlotId.A);

        SlotTable back = SlotRules.RollBack(armed, SlotId.B);

        Assert.Equal(SlotCondition.Bad, back.B.Condition);
        Assert.Equal(SlotId.A, back.Next!.Id);
    }

    [Fact]
    public void There_is_no_going_back_to_an_empty_slot() =>
        Assert.Equal("slot B empty: there is nothing good to go back to", Assert.Throws<SlotException>(() => SlotRules.RollBack(Fresh, SlotId.A)).Message);
}
