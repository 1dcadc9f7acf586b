using Microsoft.Extensions.Logging;
using Talos.Ota.Engine.Journal;
using Talos.Ota.Slots;

namespace Talos.Ota.Engine;

public sealed partial class UpdateEngine
{
    /// <summary>Enters the slot that runs where the boot loader does not know it, as after its notes were lost: else an update would leave nothing to fall back to.</summary>
    private SlotTable Known(SlotTable table, SlotId booted)
    {
        TrialRecord? trial = _journal.Trial is { Failure: null } t && t.Slot == booted ? t : null;
        SlotTable wanted = SlotRules.Enter(table, booted, trial is null ? null : trial.Tries - trial.Starts - 1);
        if (wanted == table)
        {
            return table;
        }

        try
        {
            node.BootControl.Write(wanted);
            LogEntered(booted, wanted[booted]);
            return node.BootControl.Read();
        }
        catch (SlotException e)
        {
            LogNotEntered(booted, e.Message);
            return table;
        }
    }

    [LoggerMessage(LogLevel.Warning, "Slot {Slot} runs and was unknown to the boot loader: entered as {Entered}")]
    private partial void LogEntered(SlotId slot, Slot entered);

    [LoggerMessage(LogLevel.Warning, "Slot {Slot} runs and is unknown to the boot loader, and could not be entered; updates are refused: {Problem}")]
    private partial void LogNotEntered(SlotId slot, string problem);
}
