using Talos.Ota.Engine.Journal;
using Talos.Ota.Slots;

namespace Talos.Ota.Engine.Planning;

/// <summary>What a boot means: the journal says what was meant, the slots say what the boot loader did.</summary>
internal static class BootRules
{
    /// <summary>The first stage: the first process runs.</summary>
    public const string FirstStage = "started";

    /// <summary>Decides.</summary>
    /// <param name="journal">As it was written before this boot.</param>
    /// <param name="slots">As the boot loader left them.</param>
    /// <param name="booted">The slot the node runs from.</param>
    /// <param name="version">What runs.</param>
    /// <param name="startsOnRequest">The boot loader starts a trial only when the reboot asks for it.</param>
    /// <param name="now">For the report.</param>
    /// <returns>What to do, and the journal from here on.</returns>
    public static (BootReport Report, UpdateJournal Journal) Decide(
        UpdateJournal journal, SlotTable slots, SlotId booted, string version, bool startsOnRequest, DateTimeOffset now)
    {
        if (journal.ContentOf(booted)?.Version != version)
        {
            journal = journal.WithContent(booted, new SlotContent(version));
        }

        if (journal.Trial is null && slots[booted].Condition is SlotCondition.Trial)
        {
            // The journal was lost while a trial ran. Its health is still to be shown, else the boot loader goes back in the end.
            journal = journal with { Trial = new TrialRecord(booted, SlotRules.DefaultTries, Math.Max(slots[booted].TriesDone - 1, 0)) };
        }

        return journal.Trial switch
        {
            null => WithoutTrial(journal, slots, booted),
            { } trial when trial.Slot == booted => InTrial(journal, trial, slots, booted),
            { } trial => InOldSlot(journal, trial, slots, booted, startsOnRequest, now),
        };
    }

    /// <summary>The update is good: everything that follows from it.</summary>
    public static UpdateJournal Commit(UpdateJournal journal) => journal with
    {
        State = UpdateState.Committed,
        Message = null,
        Trial = null,
        Floor = Higher(journal.Floor, journal.Target?.Floor),
        Failed = [.. journal.WithoutFailed(journal.Target)],
    };

    private static (BootReport Report, UpdateJournal Journal) WithoutTrial(UpdateJournal journal, SlotTable slots, SlotId booted)
    {
        bool recovery = slots[booted].Condition is SlotCondition.Bad && slots[booted.Other()].Condition is not SlotCondition.Good;
        return (new BootReport(booted, recovery ? BootKind.Recovery : BootKind.Normal),
            journal.State is UpdateState.Checking or UpdateState.Writing or UpdateState.Verifying ? Interrupted(journal) : journal);
    }

    private static (BootReport Report, UpdateJournal Journal) InTrial(UpdateJournal journal, TrialRecord trial, SlotTable slots, SlotId booted)
    {
        if (slots[booted].Condition is SlotCondition.Good)
        {
            // The power failed between blessing and noting it.
            return (new BootReport(booted, BootKind.Normal), Commit(journal));
        }

        bool over = trial.Failure is not null || slots[booted].TriesDone > trial.Tries;
        if (over && slots[booted].Condition is SlotCondition.Bad && slots[booted.Other()].Condition is not SlotCondition.Good)
        {
            string reason = trial.Failure ?? $"slot {booted} was not found healthy in {trial.Tries} starts";
            return (new BootReport(booted, BootKind.Recovery), journal with { State = UpdateState.Failed, Message = $"{reason}; slot {slots[booted.Other()]}" });
        }

        // A failure the boot loader had not been told of completely when the power went is judged again.
        return (new BootReport(booted, BootKind.Trial), journal with
        {
            State = UpdateState.Trial,
            Message = null,
            Trial = trial with { Starts = trial.Starts + 1, Stage = trial.Stage ?? FirstStage, Failure = null },
        });
    }

    private static (BootReport Report, UpdateJournal Journal) InOldSlot(
        UpdateJournal journal, TrialRecord trial, SlotTable slots, SlotId booted, bool startsOnRequest, DateTimeOffset now)
    {
        Slot slot = slots[trial.Slot];
        switch (slot.Condition)
        {
            case SlotCondition.Good:
                // It was blessed, and rolled back before that was noted.
                return (new BootReport(booted, BootKind.Normal), Commit(journal));
            case SlotCondition.Trial when trial.Failure is null:
                return (new BootReport(booted, startsOnRequest ? BootKind.TrialAgain : BootKind.Normal), journal with { State = UpdateState.TrialPending });
            case SlotCondition.Empty when trial is { Starts: 0, Failure: null }:
                return (new BootReport(booted, BootKind.Normal), Interrupted(journal));
            default:
                string reason = Reason(trial, slot);
                FallbackReport report = new(trial.Slot, journal.Target?.Version ?? "", trial.Stage, reason, Math.Max(slot.TriesDone, trial.Starts), now);
                BootKind kind = slots[booted].Condition is SlotCondition.Bad ? BootKind.Recovery : BootKind.FellBack;
                return (new BootReport(booted, kind, report),
                    journal.WithFailed(reason, now) with { State = UpdateState.Failed, Message = reason, Trial = null, LastFallback = report });
        }
    }

    private static string Reason(TrialRecord trial, Slot slot)
    {
        int starts = Math.Max(slot.TriesDone, trial.Starts);
        return trial switch
        {
            { Failure: { } failure } => failure,
            _ when slot.Condition is SlotCondition.Empty => $"slot {slot.Id}: its boot file was lost in a power cut",
            { Stage: null } => $"slot {slot.Id} never ran its first process in {starts} starts: its kernel panics or hangs, its root is corrupt, or the power failed each time",
            { Stage: { } stage } => $"slot {slot.Id} reached \"{stage}\" and was not found healthy in {starts} starts: it crashed, hung or lost power each time",
        };
    }

    private static UpdateJournal Interrupted(UpdateJournal journal) => journal with
    {
        State = UpdateState.Failed,
        Message = $"the install of {journal.Target?.Version} was interrupted by a restart of the node; install it again, what is in place is kept",
        Trial = null,
    };

    private static string? Higher(string? a, string? b) => (a, b) switch
    {
        (null, _) => b,
        (_, null) => a,
        _ => Bundle.SemanticVersion.TryParse(a, out Bundle.SemanticVersion? first) && Bundle.SemanticVersion.TryParse(b, out Bundle.SemanticVersion? second) && first.CompareTo(second) >= 0 ? a : b,
    };
}
