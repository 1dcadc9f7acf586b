namespace Talos.Machined.Sequences;

/// <summary>Where a planned sequence goes to run.</summary>
internal interface ISequencer
{
    /// <summary>Takes a sequence over, from the one that runs when its rank is higher; waits for nothing.</summary>
    /// <returns>The id under which its events can be followed.</returns>
    /// <exception cref="SequenceBusyException">Another sequence runs and does not give way.</exception>
    string Start(Sequence sequence);

    /// <summary>Name of the sequence that runs; null when none does.</summary>
    string? Current { get; }
}

/// <summary>Another sequence runs and does not give way.</summary>
internal sealed class SequenceBusyException(string wanted, string running)
    : Exception($"{wanted} cannot start: {running} is running");

/// <summary>Where the progress of sequences is told.</summary>
internal interface ISequenceEvents
{
    /// <summary>A sequence began, or ended with or without an error.</summary>
    void Sequence(string actorId, string sequence, bool started, string? error);

    /// <summary>A phase began or ended.</summary>
    void Phase(string actorId, string phase, bool started);

    /// <summary>A task began or ended.</summary>
    void Task(string actorId, string task, bool started);
}
