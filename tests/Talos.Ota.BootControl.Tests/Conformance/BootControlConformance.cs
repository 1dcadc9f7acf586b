using Talos.Ota.Slots;

namespace Talos.Ota.BootControl.Tests.Conformance;

/// <summary>What every boot control kind has to do; a kind derives from this and names its board.</summary>
public abstract class BootControlConformance
{
    private const byte Old = 1, New = 2, Newer = 3;

    internal abstract SimulatedBoard NewBoard();

    [Fact]
    public void A_fresh_board_runs_slot_A_and_has_an_empty_slot_B()
    {
        SimulatedBoard board = NewBoard();

        Assert.Equal((SlotId.A, Old), board.Start());
        Assert.Equal((SlotCondition.Good, SlotCondition.Empty), Conditions(board));
    }

    [Fact]
    public void An_update_is_tried_blessed_and_then_starts_for_ever()
    {
        SimulatedBoard board = NewBoard();
        string? argument = Update(board, SlotId.A, New);

        Assert.Equal((SlotId.B, New), board.Start(argument));
        board.Control.Write(SlotRules.Bless(board.Control.Read(), SlotId.B));

        for (int i = 0; i < 5; i++)
        {
            Assert.Equal((SlotId.B, New), board.Start(board.Control.PrepareReboot()));
        }

        Assert.Equal((SlotCondition.Good, SlotCondition.Good), Conditions(board));
        Assert.Equal((SlotId.A, Newer), board.Start(Update(board, SlotId.B, Newer)));
    }

    [Fact]
    public void A_trial_that_is_never_blessed_ends_in_the_old_slot_after_three_starts()
    {
        SimulatedBoard board = NewBoard();
        string? argument = Update(board, SlotId.A, New);
        for (int i = 0; i < 3; i++)
        {
            Assert.Equal((SlotId.B, New), board.Start(argument));
            argument = board.Control.PrepareReboot();
        }

        Assert.Equal((SlotId.A, Old), board.Start(argument));
        Assert.Equal((SlotCondition.Good, SlotCondition.Bad), Conditions(board));
    }

    [Fact]
    public void A_trial_can_be_blessed_in_its_last_start()
    {
        SimulatedBoard board = NewBoard();
        string? argument = Update(board, SlotId.A, New);
        for (int i = 0; i < 3; i++)
        {
            board.Start(argument);
            argument = i < 2 ? board.Control.PrepareReboot() : null;
        }

        board.Control.Write(SlotRules.Bless(board.Control.Read(), SlotId.B));

        Assert.Equal((SlotId.B, New), board.Start());
    }

    [Fact]
    public void A_slot_marked_bad_does_not_start_again()
    {
        SimulatedBoard board = NewBoard();
        board.Start(Update(board, SlotId.A, New));

        board.Control.Write(SlotRules.MarkBad(board.Control.Read(), SlotId.B));

        Assert.Equal((SlotId.A, Old), board.Start(board.Control.PrepareReboot()));
        Assert.Equal((SlotCondition.Good, SlotCondition.Bad), Conditions(board));
    }

    [Fact]
    public void Rolling_back_goes_there_and_back_again()
    {
        SimulatedBoard board = Updated();

        board.Control.Write(SlotRules.RollBack(board.Control.Read(), SlotId.B));
        Assert.Equal((SlotId.A, Old), board.Start(board.Control.PrepareReboot()));

        board.Control.Write(SlotRules.RollBack(board.Control.Read(), SlotId.A));
        Assert.Equal((SlotId.B, New), board.Start(board.Control.PrepareReboot()));
        Assert.Equal((SlotCondition.Good, SlotCondition.Good), Conditions(board));
    }

    [Fact]
    public void With_two_bad_slots_one_still_starts_and_the_other_can_be_written()
    {
        SimulatedBoard board = Updated();
        SlotTable table = board.Control.Read();
        board.Control.Write(table.With(table.A with { Condition = SlotCondition.Bad }).With(table.B with { Condition = SlotCondition.Bad }));

        (SlotId running, _) = board.Start();

        Assert.Equal((SlotId.B, SlotCondition.Bad), (running, board.Control.Read().B.Condition));
        Assert.Equal((SlotId.A, Newer), board.Start(Update(board, running, Newer)));
    }

    [Fact]
    public void The_boot_payload_of_a_slot_that_may_start_is_not_written()
    {
        SimulatedBoard board = Updated();

        Assert.Throws<SlotException>(() => board.WritePayload(SlotId.A, Newer));
        Assert.Throws<SlotException>(() => board.WritePayload(SlotId.B, Newer));
    }

    [Fact]
    public void The_boot_payload_of_the_running_slot_can_be_read()
    {
        SimulatedBoard board = Updated();

        using ISlotStorage payload = board.Control.ReadBoot(SlotId.B)!;
        byte[] data = new byte[payload.Length];
        payload.Read(0, data);

        Assert.False(data.AsSpan().ContainsAnyExcept(New));
    }

    /// <summary>Install from A to B and bless, with the power cut before the n-th operation, for every n; then the next install.</summary>
    [Fact]
    public void A_power_cut_at_any_operation_leaves_the_old_or_the_new_slot_and_the_next_update_goes_well()
    {
        int cuts = 0;
        for (bool finished = false; !finished; cuts++)
        {
            SimulatedBoard board = NewBoard();
            finished = RunUntilCut(board, cuts, b => InstallAndBless(b));

            (SlotId running, byte content) = board.Start();
            Assert.Equal(running is SlotId.A ? Old : New, content);

            InstallAfterCut(board, running);
        }

        Assert.InRange(cuts, 5, 1000);
    }

    [Fact]
    public void A_power_cut_while_rolling_back_leaves_either_slot_running_and_both_good()
    {
        bool finished = false;
        for (int cut = 0; !finished; cut++)
        {
            SimulatedBoard board = Updated();
            finished = RunUntilCut(board, cut, b => b.Control.Write(SlotRules.RollBack(b.Control.Read(), SlotId.B)));

            (SlotId running, byte content) = board.Start();
            Assert.Equal(running is SlotId.A ? Old : New, content);
            board.Control.Repair(running);
            Assert.Equal((SlotCondition.Good, SlotCondition.Good), Conditions(board));
            Assert.Equal(running, board.Start().Slot);
        }
    }

    /// <summary>Clearing up is itself cut at every operation.</summary>
    [Fact]
    public void A_power_cut_while_clearing_up_after_a_power_cut_is_cleared_up_too()
    {
        bool firstFinished = false;
        for (int first = 0; !firstFinished; first++)
        {
            bool secondFinished = false;
            for (int second = 0; !secondFinished; second++)
            {
                SimulatedBoard board = NewBoard();
                firstFinished = RunUntilCut(board, first, b => InstallAndBless(b));
                (SlotId running, _) = board.Start();
                secondFinished = RunUntilCut(board, second, b => b.Control.Repair(running));

                (SlotId after, byte content) = board.Start();
                Assert.Equal(after is SlotId.A ? Old : New, content);
                InstallAfterCut(board, after);
            }
        }
    }

    private static void InstallAndBless(SimulatedBoard board)
    {
        string? argument = Update(board, SlotId.A, New);
        Assert.Equal(SlotId.B, board.Start(argument).Slot);
        board.Control.Write(SlotRules.Bless(board.Control.Read(), SlotId.B));
    }

    // As the engine does it: clear up, take a trial for what it is, install to the other slot.
    private static void InstallAfterCut(SimulatedBoard board, SlotId running)
    {
        board.Control.Repair(running);
        if (board.Control.Read().Trial is { } trial)
        {
            board.Control.Write(trial.Id == running ? SlotRules.Bless(board.Control.Read(), running) : SlotRules.MarkBad(board.Control.Read(), trial.Id));
        }

        if (board.Control.Read()[running].Condition is SlotCondition.Bad)
        {
            board.Control.Write(SlotRules.Bless(board.Control.Read(), running));
        }

        Assert.Equal((running.Other(), Newer), board.Start(Update(board, running, Newer)));
        board.Control.Write(SlotRules.Bless(board.Control.Read(), running.Other()));
        Assert.Equal((running.Other(), Newer), board.Start());
    }

    private SimulatedBoard Updated()
    {
        SimulatedBoard board = NewBoard();
        InstallAndBless(board);
        return board;
    }

    /// <returns>What reboot(2) gets.</returns>
    private static string? Update(SimulatedBoard board, SlotId running, byte content)
    {
        board.Control.Write(SlotRules.BeginUpdate(board.Control.Read(), running));
        board.WritePayload(running.Other(), content);
        board.Control.Write(SlotRules.ArmTrial(board.Control.Read(), running));
        return board.Control.PrepareReboot();
    }

    private static bool RunUntilCut(SimulatedBoard board, int steps, Action<SimulatedBoard> run)
    {
        board.Power.StepsLeft = steps;
        try
        {
            run(board);
            return true;
        }
        catch (PowerCutException)
        {
            return false;
        }
        finally
        {
            board.Power.StepsLeft = null;
        }
    }

    private static (SlotCondition A, SlotCondition B) Conditions(SimulatedBoard board) =>
        (board.Control.Read().A.Condition, board.Control.Read().B.Condition);
}

public sealed class EfiConformance : BootControlConformance
{
    internal override SimulatedBoard NewBoard() => new EfiBoard();
}

public sealed class RpiTrybootConformance : BootControlConformance
{
    internal override SimulatedBoard NewBoard() => new RpiBoard();
}

public sealed class UBootEnvConformance : BootControlConformance
{
    internal override SimulatedBoard NewBoard() => new UBootBoard();
}
