using Talos.Fleet.Protocol;

namespace Talos.Fleet.Agent;

/// <summary>Orders of the hub as the node remembers them, on STATE.</summary>
internal sealed record OrderFile
{
    /// <summary>The highest revision of a desired state that was taken.</summary>
    public long DesiredRevision { get; init; }

    /// <summary>The desired state; null before there was one.</summary>
    public DesiredState? Desired { get; init; }

    /// <summary>Installs begun for it.</summary>
    public int Attempts { get; init; }

    /// <summary>Its version ran here and was found good; another version since then is meant, such as by a rollback.</summary>
    public bool Reached { get; init; }

    /// <summary>Why the last install failed; null when none did.</summary>
    public string? LastFailure { get; init; }

    /// <summary>Since when pods hold the install back; null when none does, and from its begin on: an older agent reads this file after a fallback.</summary>
    public DateTimeOffset? HeldSince { get; init; }

    /// <summary>The highest revision of a command that was taken.</summary>
    public long CommandRevision { get; init; }

    /// <summary>The youngest commands, oldest first.</summary>
    public IReadOnlyList<CommandRecord> Commands { get => field ?? []; init; }
}

/// <summary>A command and how far it is.</summary>
internal sealed record CommandRecord
{
    public required string Id { get; init; }

    public required CommandKind Kind { get; init; }

    public required CommandState State { get; init; }

    public required DateTimeOffset Time { get; init; }

    public bool Unsynced { get; init; }

    public string? Message { get; init; }

    /// <summary>The boot it was begun in.</summary>
    public required string BootId { get; init; }

    /// <summary>Of an upgrade, the version.</summary>
    public string? Version { get; init; }

    /// <summary>The broker has the result.</summary>
    public bool Delivered { get; init; }

    public CommandResult ToResult() => new() { Id = Id, State = State, Time = Time, Unsynced = Unsynced, Message = Message };
}
