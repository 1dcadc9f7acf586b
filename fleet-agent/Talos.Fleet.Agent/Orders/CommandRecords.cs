using Talos.Fleet.Protocol;

namespace Talos.Fleet.Agent;

/// <summary>The state machine of commands, on what is remembered of them; changes nothing itself.</summary>
internal static class CommandRecords
{
    /// <summary>Results that are kept for a hub that asks again.</summary>
    public const int Kept = 32;

    /// <summary>Takes a command.</summary>
    public static OrderFile Accept(this OrderFile file, Command command, NodeFacts facts, DateTimeOffset now) =>
        (file with { CommandRevision = command.Revision }).Put(new CommandRecord
        {
            Id = command.Id,
            Kind = command.Kind,
            State = CommandState.Accepted,
            Time = now,
            Unsynced = !facts.ClockSynced,
            BootId = facts.BootId,
            Version = command.Update?.Version,
        });

    /// <summary>Remembers that a command was not begun.</summary>
    public static OrderFile Refuse(this OrderFile file, string id, CommandState state, string reason, NodeFacts facts, DateTimeOffset now) =>
        file.Put(new CommandRecord
        {
            Id = id,
            Kind = CommandKind.Reboot,
            State = state,
            Time = now,
            Unsynced = !facts.ClockSynced,
            BootId = facts.BootId,
            Message = reason,
        });

    /// <summary>Moves a command on; what is over stays as it is.</summary>
    public static OrderFile Move(this OrderFile file, string id, CommandState state, string? message, DateTimeOffset now, bool unsynced) =>
        file.Commands.FirstOrDefault(c => c.Id == id) is { } record && CommandRules.MayFollow(record.State, state)
            ? file.Put(record with { State = state, Message = Limited(message), Time = now, Unsynced = unsynced, Delivered = false })
            : file;

    /// <summary>The broker has a result.</summary>
    public static OrderFile Deliver(this OrderFile file, string id, CommandState state) =>
        file with { Commands = [.. file.Commands.Select(c => c.Id == id && c.State == state ? c with { Delivered = true } : c)] };

    /// <summary>The hub asks again for a result.</summary>
    public static OrderFile Redeliver(this OrderFile file, string id) =>
        file with { Commands = [.. file.Commands.Select(c => c.Id == id ? c with { Delivered = false } : c)] };

    /// <summary>What became of commands that were under way when the agent stopped.</summary>
    public static OrderFile AfterStart(this OrderFile file, NodeFacts facts, DateTimeOffset now)
    {
        foreach (CommandRecord record in file.Commands.Where(c => !CommandRules.IsFinal(c.State)))
        {
            if (Outcome(record, facts) is var (state, message))
            {
                file = file.Move(record.Id, CommandState.Running, null, now, !facts.ClockSynced).Move(record.Id, state, message, now, !facts.ClockSynced);
            }
        }

        return file;
    }

    /// <summary>What became of upgrades whose restart is behind the node and whose trial is over.</summary>
    public static OrderFile AfterUpgrade(this OrderFile file, NodeFacts facts, DateTimeOffset now)
    {
        foreach (CommandRecord record in file.Commands.Where(c => c is { Kind: CommandKind.Upgrade, State: CommandState.Running } && c.BootId != facts.BootId))
        {
            if (Upgraded(record, facts) is var (state, message))
            {
                file = file.Move(record.Id, state, message, now, !facts.ClockSynced);
            }
        }

        return file;
    }

    private static (CommandState State, string Message)? Outcome(CommandRecord record, NodeFacts facts)
    {
        bool restarted = facts.BootId != record.BootId;
        return record.Kind switch
        {
            CommandKind.Reboot when restarted => (CommandState.Succeeded, "the node has restarted"),
            CommandKind.Rollback when restarted => (CommandState.Succeeded, $"the node has restarted and runs {facts.Version}"),
            CommandKind.Upgrade when restarted => Upgraded(record, facts),
            _ when restarted => (CommandState.Failed, "the node restarted meanwhile; give the command again"),
            // The agent alone started again: nobody knows how far it came.
            _ => (CommandState.Failed, "the agent started again meanwhile; look at the node and give the command again"),
        };
    }

    private static (CommandState State, string Message)? Upgraded(CommandRecord record, NodeFacts facts) => facts.Update switch
    {
        null => (CommandState.Failed, "the node has no update engine"),
        { Phase: UpdatePhase.Trial or UpdatePhase.TrialPending } => null,
        { } update when DesiredRules.SameVersion(update.RunningVersion, record.Version ?? "") => (CommandState.Succeeded, $"{update.RunningVersion} runs and was found good"),
        { } update => (CommandState.Failed, DesiredRules.FailureOf(update, record.Version ?? "") ?? $"the node runs {update.RunningVersion}"),
    };

    private static OrderFile Put(this OrderFile file, CommandRecord record)
    {
        List<CommandRecord> records = [.. file.Commands];
        int at = records.FindIndex(c => c.Id == record.Id);
        if (at < 0)
        {
            records.Add(record);
        }
        else
        {
            records[at] = record;
        }

        // Those under way stay.
        while (records.Count > Kept && records.FindIndex(c => CommandRules.IsFinal(c.State)) is >= 0 and var oldest)
        {
            records.RemoveAt(oldest);
        }

        return file with { Commands = records };
    }

    private static string? Limited(string? text) => text is { Length: > 4000 } ? text[..4000] : text;
}
