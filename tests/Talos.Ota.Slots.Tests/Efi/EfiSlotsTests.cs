using CsCheck;
using Talos.Ota.Slots.Efi;

namespace Talos.Ota.Slots.Tests.Efi;

public sealed class EfiSlotsTests
{
    [Theory]
    [InlineData("talos-000001-A.efi", SlotCondition.Good, 1, 0, 0)]
    [InlineData("TALOS-000012-B+3-0.EFI", SlotCondition.Trial, 12, 3, 0)]
    [InlineData("talos-000012-B+2.efi", SlotCondition.Trial, 12, 2, 0)]
    [InlineData("talos-1000000-B+0-3.efi", SlotCondition.Bad, 1000000, 0, 3)]
    public void A_name_tells_condition_generation_and_tries(string name, SlotCondition condition, int generation, int left, int done)
    {
        Slot slot = EfiBootFile.TryParse(name)!.Slot;

        Assert.Equal((condition, generation, left, done), (slot.Condition, slot.Generation, slot.TriesLeft, slot.TriesDone));
    }

    [Theory]
    [InlineData("talos-A.efi")]
    [InlineData("talos-000001-C.efi")]
    [InlineData("talos-000001-A+.efi")]
    [InlineData("talos-000001-A.efi\n")]
    [InlineData("talos-000001-A.new")]
    [InlineData("")]
    public void Other_names_are_none_of_ours(string name) => Assert.Null(EfiBootFile.TryParse(name));

    [Fact]
    public void Names_are_read_as_they_were_printed() =>
        SlotGen.Slot.Where(s => s.Condition is not SlotCondition.Empty)
            .Sample(s => Assert.Equal(s, EfiBootFile.TryParse(EfiBootFile.Print(s))!.Slot));

    [Fact]
    public void Any_text_is_read_or_refused() => Gen.String.Sample(t => _ = EfiBootFile.TryParse(t));

    [Fact]
    public void The_boot_loader_takes_the_newest_counts_its_trial_and_goes_back_after_three_tries()
    {
        List<string> names = ["talos-000001-A.efi", "talos-000002-B+3-0.efi"];

        string[] started = [.. Enumerable.Range(0, 4).Select(_ => Start(names))];

        Assert.Equal(["talos-000002-B+2-1.efi", "talos-000002-B+1-2.efi", "talos-000002-B+0-3.efi", "talos-000001-A.efi"], started);
    }

    [Fact]
    public void With_two_bad_slots_the_boot_loader_still_starts_the_newer()
    {
        List<string> names = ["talos-000001-A+0-1.efi", "talos-000002-B+0-3.efi", "talos-A.new"];

        Assert.Equal("talos-000002-B+0-4.efi", Start(names));
        Assert.Equal(SlotId.B, EfiSlots.Read(names).Next!.Id);
    }

    [Fact]
    public void The_boot_loader_and_the_model_agree_on_every_table() =>
        SlotGen.Table.Where(t => t.A.Generation != t.B.Generation).Sample(table =>
        {
            string? started = SystemdBoot.Select(Names(table));
            Assert.Equal(table.Next?.Id, started is null ? null : EfiBootFile.TryParse(started)!.Slot.Id);
        });

    [Fact]
    public void Steps_lead_from_any_table_to_any_other() =>
        Gen.Select(SlotGen.Table, SlotGen.Table).Sample((from, to) =>
        {
            HashSet<string> names = [.. Names(from), EfiSlots.StagedName(SlotId.A), EfiSlots.StagedName(SlotId.B)];
            names.RemoveWhere(n => n.EndsWith(".new", StringComparison.Ordinal) && from[n.Contains("-A", StringComparison.Ordinal) ? SlotId.A : SlotId.B].Condition is not SlotCondition.Empty);

            foreach (EfiStep.Rename step in EfiSlots.Plan(names, to).Cast<EfiStep.Rename>())
            {
                Assert.True(names.Remove(step.From));
                Assert.True(names.Add(step.To));
            }

            Assert.Equal(Canonical(to), EfiSlots.Read(names));
            Assert.Empty(EfiSlots.Repair(names, SlotId.A));
        });

    [Fact]
    public void The_good_slot_is_raised_before_the_trial_is_marked_bad() => Assert.Equal(
        [new EfiStep.Rename("talos-000001-A.efi", "talos-000003-A.efi"), new EfiStep.Rename("talos-000002-B+2-1.efi", "talos-000002-B+0-1.efi")],
        EfiSlots.Plan(["talos-000002-B+2-1.efi", "talos-000001-A.efi"], new SlotTable(new Slot(SlotId.A, SlotCondition.Good, 3), new Slot(SlotId.B, SlotCondition.Bad, 2, 0, 1))));

    [Fact]
    public void A_trial_needs_a_file() =>
        Assert.Throws<SlotException>(() => EfiSlots.Plan(["talos-000001-A.efi"], EfiSlots.Read(["talos-000001-A.efi", "talos-000002-B+3-0.efi"])));

    [Fact]
    public void Two_names_of_the_running_slot_are_copied_to_a_third_before_they_are_deleted() => Assert.Equal(
        [
            new EfiStep.Copy("talos-000002-B.efi", "talos-B-000003.copy"),
            new EfiStep.Rename("talos-B-000003.copy", "talos-000003-B.efi"),
            new EfiStep.Delete("talos-000002-B+2-1.efi"),
            new EfiStep.Delete("talos-000002-B.efi"),
        ],
        EfiSlots.Repair(["talos-000001-A.efi", "talos-000002-B+2-1.efi", "talos-000002-B.efi"], SlotId.B));

    [Fact]
    public void A_cut_while_the_inactive_slot_is_retired_leaves_it_empty() => Assert.Equal(
        [new EfiStep.Delete("talos-000002-B.efi"), new EfiStep.Delete("talos-B.new")],
        EfiSlots.Repair(["talos-000001-A.efi", "talos-000002-B.efi", "talos-B.new"], SlotId.A));

    [Fact]
    public void A_staged_file_alone_stays_for_the_next_try() => Assert.Empty(EfiSlots.Repair(["talos-000001-A.efi", "talos-B.new"], SlotId.A));

    private static string Start(List<string> names)
    {
        string selected = SystemdBoot.Select(names)!;
        names.Remove(selected);
        names.Add(SystemdBoot.Count(selected));
        return names[^1];
    }

    private static string[] Names(SlotTable table) =>
        [.. new[] { table.A, table.B }.Where(s => s.Condition is not SlotCondition.Empty).Select(EfiBootFile.Print)];

    private static SlotTable Canonical(SlotTable table) => EfiSlots.Read(Names(table));
}
