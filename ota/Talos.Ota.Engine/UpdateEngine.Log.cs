using Microsoft.Extensions.Logging;
using Talos.Ota.Slots;

namespace Talos.Ota.Engine;

/// <content>What it says.</content>
public sealed partial class UpdateEngine
{
    [LoggerMessage(LogLevel.Warning, "The update journal of {Length} bytes is not readable; going on with what the slots say")]
    private partial void LogJournalUnreadable(int length);

    [LoggerMessage(LogLevel.Information, "Slot {Slot} booted ({Kind}), version {Version}")]
    private partial void LogBooted(SlotId slot, BootKind kind, string version);

    [LoggerMessage(LogLevel.Information, "Installing {Version} to slot {Slot}")]
    private partial void LogBegun(string version, SlotId slot);

    [LoggerMessage(LogLevel.Information, "Slot {Slot} with {Version} starts at the next boot as a trial: {Fetched} bytes fetched, {Written} written")]
    private partial void LogArmed(SlotId slot, string version, long fetched, long written);

    [LoggerMessage(LogLevel.Information, "Slot {Slot} with {Version} is good")]
    private partial void LogCommitted(SlotId slot, string version);

    [LoggerMessage(LogLevel.Warning, "Slot {Slot} is bad: {Reason}")]
    private partial void LogMarkedBad(SlotId slot, string reason);

    [LoggerMessage(LogLevel.Warning, "Slot {Slot} starts at the next boot: {Reason}")]
    private partial void LogRolledBack(SlotId slot, string reason);
}
