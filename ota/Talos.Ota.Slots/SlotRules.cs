namespace Talos.Ota.Slots;

/// <summary>What may become of the slots. Each rule gives the table as it shall be, or refuses.</summary>
public static class SlotRules
{
    /// <summary>Starts of a trial before the boot loader goes back.</summary>
    public const int DefaultTries = 3;

    /// <summary>Takes the inactive slot out of the boot loader's hands, so that it can be written.</summary>
    /// <param name="table">The slots.</param>
    /// <param name="running">The slot the node runs from.</param>
    /// <exception cref="SlotException">A trial is pending, or the inactive slot is the last good one.</exception>
    public static SlotTable BeginUpdate(SlotTable table, SlotId running)
    {
        ArgumentNullException.ThrowIfNull(table);
        Slot target = table[running.Other()];
        if (table.Trial is { } trial)
        {
            throw new SlotException(trial.Id == running
                ? $"slot {trial.Id} is on trial and runs: wait for its health check, or mark it good or bad"
                : $"slot {trial.Id} has a trial pending with {trial.TriesLeft} tries left: reboot into it, or mark it bad");
        }

        if (table[running].Condition is SlotCondition.Empty)
        {
            throw new SlotException($"slot {running}, which runs, is empty to the boot loader: an update would have nothing to fall back to; restart the node, which puts it right");
        }

        return target.Condition is SlotCondition.Good && table[running].Condition is not SlotCondition.Good
            ? throw new SlotException($"slot {target.Id} is the last good one: slot {running}, which runs, is {table[running].Condition.ToString().ToLowerInvariant()}; reboot, or mark slot {running} good")
            : table.With(Slot.Empty(target.Id));
    }

    /// <summary>Enters the slot the node runs from when the boot loader does not know it: it started, so there is something to start.</summary>
    /// <param name="table">The slots.</param>
    /// <param name="running">The slot the node runs from.</param>
    /// <param name="triesLeft">Starts left of a trial that is not decided; null when the slot is none.</param>
    /// <returns>The same table when the slot is known.</returns>
    public static SlotTable Enter(SlotTable table, SlotId running, int? triesLeft)
    {
        ArgumentNullException.ThrowIfNull(table);
        if (table[running].Condition is not SlotCondition.Empty)
        {
            return table;
        }

        // A trial that is pending in the other slot still starts first.
        Slot other = table[running.Other()];
        int generation = other.Condition is SlotCondition.Trial && other.Generation > 1 ? other.Generation - 1 : NextGeneration(table);
        return table.With(triesLeft is { } left
            ? new Slot(running, SlotCondition.Trial, generation, Math.Max(left, 1))
            : new Slot(running, SlotCondition.Good, generation));
    }

    /// <summary>Lets the slot that was written start as a trial at the next boot.</summary>
    /// <exception cref="SlotException">The inactive slot is not empty: <see cref="BeginUpdate"/> comes first.</exception>
    public static SlotTable ArmTrial(SlotTable table, SlotId running, int tries = DefaultTries)
    {
        ArgumentNullException.ThrowIfNull(table);
        ArgumentOutOfRangeException.ThrowIfLessThan(tries, 1);
        Slot target = table[running.Other()];
        return target.Condition is SlotCondition.Empty
            ? table.With(new Slot(target.Id, SlotCondition.Trial, NextGeneration(table), tries))
            : throw new SlotException($"slot {target}: a trial starts from a slot that was just written");
    }

    /// <summary>Takes a trial back that was not started yet.</summary>
    /// <exception cref="SlotException">The running slot is the one on trial.</exception>
    public static SlotTable Withdraw(SlotTable table, SlotId running)
    {
        ArgumentNullException.ThrowIfNull(table);
        return table[running].Condition is SlotCondition.Trial
            ? throw new SlotException($"slot {running} is on trial and runs: mark it bad, or roll back")
            : table.Trial is { } pending ? table.With(Slot.Empty(pending.Id)) : table;
    }

    /// <summary>Makes a slot good for ever: the one that runs and is healthy.</summary>
    /// <exception cref="SlotException">The slot is empty.</exception>
    public static SlotTable Bless(SlotTable table, SlotId slot)
    {
        ArgumentNullException.ThrowIfNull(table);
        return table[slot].Condition switch
        {
            SlotCondition.Good => table,
            SlotCondition.Empty => throw new SlotException($"slot {slot} is empty: it has nothing the boot loader could start"),
            _ => table.With(new Slot(slot, SlotCondition.Good, table[slot].Generation)),
        };
    }

    /// <summary>Keeps the boot loader from a slot as long as there is another.</summary>
    /// <exception cref="SlotException">The slot is the last good one.</exception>
    public static SlotTable MarkBad(SlotTable table, SlotId slot)
    {
        ArgumentNullException.ThrowIfNull(table);
        Slot current = table[slot];
        return current.Condition switch
        {
            SlotCondition.Bad or SlotCondition.Empty => table,
            SlotCondition.Good when table[slot.Other()].Condition is not SlotCondition.Good =>
                throw new SlotException($"slot {slot} is the last good one: slot {table[slot.Other()]}"),
            _ => table.With(current with { Condition = SlotCondition.Bad, TriesLeft = 0 }),
        };
    }

    /// <summary>Lets the other slot start at the next boot. The running one stays good; when it is on trial it has failed.</summary>
    /// <exception cref="SlotException">The other slot is not good.</exception>
    public static SlotTable RollBack(SlotTable table, SlotId running)
    {
        ArgumentNullException.ThrowIfNull(table);
        Slot other = table[running.Other()];
        if (other.Condition is not SlotCondition.Good)
        {
            throw new SlotException($"slot {other}: there is nothing good to go back to");
        }

        SlotTable changed = table[running].Condition is SlotCondition.Trial ? MarkBad(table, running) : table;
        return changed.Next!.Id == other.Id ? changed : changed.With(other with { Generation = NextGeneration(changed) });
    }

    private static int NextGeneration(SlotTable table) => Math.Max(table.A.Generation, table.B.Generation) + 1;
}
