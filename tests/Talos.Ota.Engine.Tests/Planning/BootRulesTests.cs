using CsCheck;
using Talos.Ota.Engine.Journal;
using Talos.Ota.Engine.Planning;
using Talos.Ota.Slots;

namespace Talos.Ota.Engine.Tests.Planning;

public sealed class BootRulesTests
{
    private static readonly UpdateJournal Pending = new()
    {
        State = UpdateState.TrialPending,
        Target = new UpdateTarget("v2", "b2", "id2", "v1.5.0"),
        Trial = new TrialRecord(SlotId.B, 3),
        Floor = "v1.0.0",
    };

    private static readonly Slot GoodA = new(SlotId.A, SlotCondition.Good, 1);

    [Fact]
    public void A_trial_that_never_ran_its_first_process_says_so()
    {
        (BootReport report, UpdateJournal journal) = Decide(Pending, new Slot(SlotId.B, SlotCondition.Bad, 2, 0, 3), SlotId.A);

        Assert.Equal(BootKind.FellBack, report.Kind);
        Assert.Equal((null, 3, "v2"), (report.Fallback!.Stage, report.Fallback.Starts, report.Fallback.Version));
        Assert.StartsWith("slot B never ran its first process in 3 starts", report.Fallback.Reason, StringComparison.Ordinal);
        Assert.Equal("b2", Assert.Single(journal.Failed).Build);
    }

    [Fact]
    public void A_trial_that_was_cut_off_says_how_far_it_came()
    {
        UpdateJournal ran = Pending with { Trial = new TrialRecord(SlotId.B, 3, Starts: 3, Stage: "api") };

        (BootReport report, _) = Decide(ran, new Slot(SlotId.B, SlotCondition.Bad, 2, 0, 3), SlotId.A);

        Assert.StartsWith("slot B reached \"api\" and was not found healthy in 3 starts", report.Fallback!.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void The_last_start_of_a_trial_is_still_a_trial()
    {
        (BootReport report, UpdateJournal journal) = Decide(Pending, new Slot(SlotId.B, SlotCondition.Bad, 2, 0, 3), SlotId.B);

        Assert.Equal((BootKind.Trial, 1, "started"), (report.Kind, journal.Trial!.Starts, journal.Trial.Stage));
    }

    [Fact]
    public void A_start_without_tries_and_without_a_good_slot_is_recovery()
    {
        SlotTable slots = new(new Slot(SlotId.A, SlotCondition.Bad, 1, 0, 1), new Slot(SlotId.B, SlotCondition.Bad, 2, 0, 4));

        Assert.Equal(BootKind.Recovery, BootRules.Decide(Pending, slots, SlotId.B, "v2", startsOnRequest: false, default).Report.Kind);
        Assert.Equal(BootKind.Recovery, BootRules.Decide(new UpdateJournal(), slots, SlotId.B, "v2", startsOnRequest: false, default).Report.Kind);
    }

    [Fact]
    public void A_trial_whose_journal_was_lost_is_still_a_trial_and_can_be_found_good()
    {
        (BootReport report, UpdateJournal journal) = Decide(new UpdateJournal(), new Slot(SlotId.B, SlotCondition.Trial, 2, 2, 1), SlotId.B);

        Assert.Equal((BootKind.Trial, SlotId.B, 1), (report.Kind, journal.Trial!.Slot, journal.Trial.Starts));
        Assert.Equal(UpdateState.Committed, BootRules.Commit(journal).State);
    }

    [Fact]
    public void A_cut_before_the_boot_loader_knew_is_no_failure_of_the_version()
    {
        (BootReport report, UpdateJournal journal) = Decide(Pending, Slot.Empty(SlotId.B), SlotId.A);

        Assert.Equal((BootKind.Normal, UpdateState.Failed), (report.Kind, journal.State));
        Assert.Empty(journal.Failed);
        Assert.Contains("install it again", journal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_cut_between_blessing_and_noting_it_is_a_commit()
    {
        (BootReport report, UpdateJournal journal) = Decide(Pending, new Slot(SlotId.B, SlotCondition.Good, 2), SlotId.B);

        Assert.Equal((BootKind.Normal, UpdateState.Committed, "v1.5.0"), (report.Kind, journal.State, journal.Floor));
    }

    [Fact]
    public void A_boot_loader_that_has_to_be_asked_is_asked_again()
    {
        SlotTable slots = new(GoodA, new Slot(SlotId.B, SlotCondition.Trial, 2, 2, 1));

        Assert.Equal(BootKind.TrialAgain, BootRules.Decide(Pending, slots, SlotId.A, "v1", startsOnRequest: true, default).Report.Kind);
    }

    [Fact]
    public void The_floor_never_sinks() =>
        Assert.Equal("v3.0.0", BootRules.Commit(Pending with { Floor = "v3.0.0" }).Floor);

    [Fact]
    public void Only_the_last_failed_versions_are_remembered()
    {
        UpdateJournal journal = new();
        for (int i = 0; i < 40; i++)
        {
            journal = (journal with { Target = new UpdateTarget($"v{i}", "", $"id{i}", null) }).WithFailed("x", default);
        }

        Assert.Equal(UpdateJournal.MostFailed, journal.Failed.Count);
        Assert.Equal("v39", journal.Failed[^1].Version);
    }

    [Fact]
    public void The_journal_is_read_as_it_was_written()
    {
        UpdateJournal journal = BootRules.Commit(Pending.WithFailed("no", default)) with { LastFallback = new FallbackReport(SlotId.B, "v2", null, "r", 3, default), Trial = Pending.Trial };

        byte[] data = JournalFormat.Write(journal);

        Assert.Equal(data, JournalFormat.Write(JournalFormat.TryRead(data)!));
        Assert.Equal(journal.Trial, JournalFormat.TryRead(data)!.Trial);
    }

    [Fact]
    public void Garbage_is_no_journal() => Gen.Byte.Array.Sample(bytes =>
    {
        Assert.Null(JournalFormat.TryRead(bytes));
        Assert.Null(JournalFormat.TryRead([.. "{\"format\":2}"u8]));
    });

    private static (BootReport Report, UpdateJournal Journal) Decide(UpdateJournal journal, Slot b, SlotId booted) =>
        BootRules.Decide(journal, new SlotTable(GoodA, b), booted, booted is SlotId.A ? "v1" : "v2", startsOnRequest: false, DateTimeOffset.UnixEpoch);
}
