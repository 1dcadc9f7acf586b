namespace Talos.Machined.Sequences;

/// <summary>One unit of work in a <see cref="Phase"/>.</summary>
/// <param name="Name">As the API's clients know it, such as <c>stopAllServices</c>.</param>
/// <param name="RunAsync">Does it; doing it twice equals doing it once.</param>
internal sealed record SequenceTask(string Name, Func<CancellationToken, Task> RunAsync);

/// <summary>Tasks that run side by side; the phase ends when all of them have.</summary>
internal sealed record Phase(string Name, params IReadOnlyList<SequenceTask> Tasks)
{
    /// <summary>Time for the whole phase.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Whether the sequence goes on when a task fails or takes too long: the way down has to reach its end.</summary>
    public bool GoesOnAfterFailure { get; init; }
}

/// <summary>Which of two sequences gives way.</summary>
internal enum SequenceRank
{
    /// <summary>Up: gives way to any sequence that goes down.</summary>
    Up,

    /// <summary>Down: gives way to a forced one only.</summary>
    Down,

    /// <summary>Down without regard: gives way to none.</summary>
    ForcedDown,
}

/// <summary>Phases that run one after another.</summary>
/// <param name="Name">As the API's clients know it, such as <c>boot</c>.</param>
/// <param name="Rank">Whether it takes over from the one that runs.</param>
/// <param name="Phases">In order.</param>
internal sealed record Sequence(string Name, SequenceRank Rank, IReadOnlyList<Phase> Phases);
