using Microsoft.Extensions.Logging;

namespace Talos.Machined.Sequences;

/// <summary>Runs one sequence at a time.</summary>
/// <param name="events">Told of all progress.</param>
/// <param name="time">The clock of the timeouts.</param>
/// <param name="log">Told of all progress in words.</param>
internal sealed partial class Sequencer(ISequenceEvents events, TimeProvider time, ILogger<Sequencer> log) : ISequencer
{
    /// <summary>How long a sequence that has to give way may take to do so.</summary>
    private static readonly TimeSpan GiveWayTimeout = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private Running? _running;

    /// <inheritdoc/>
    public string? Current
    {
        get
        {
            lock (_lock)
            {
                return _running is { Done.IsCompleted: false } running ? running.Sequence.Name : null;
            }
        }
    }

    /// <inheritdoc/>
    public string Start(Sequence sequence)
    {
        ArgumentNullException.ThrowIfNull(sequence);
        string actorId = Guid.NewGuid().ToString();
        _ = RunAsync(sequence, actorId, CancellationToken.None);
        return actorId;
    }

    /// <summary>Runs a sequence to its end.</summary>
    /// <exception cref="SequenceBusyException">Another sequence runs and does not give way.</exception>
    /// <exception cref="SequenceFailedException">A task failed and its phase does not go on.</exception>
    /// <exception cref="OperationCanceledException">A sequence of higher rank took over.</exception>
    public Task RunAsync(Sequence sequence, CancellationToken ct) => RunAsync(sequence, Guid.NewGuid().ToString(), ct);

    private Task RunAsync(Sequence sequence, string actorId, CancellationToken ct)
    {
        lock (_lock)
        {
            Running? before = _running is { Done.IsCompleted: false } running ? running : null;
            if (before is not null && before.Sequence.Rank >= sequence.Rank)
            {
                throw new SequenceBusyException(sequence.Name, before.Sequence.Name);
            }

            CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
            TaskCompletionSource done = new(TaskCreationOptions.RunContinuationsAsynchronously);
            _running = new Running(sequence, stop, done.Task);
            return RunAfterAsync(before, sequence, actorId, stop, done);
        }
    }

    private async Task RunAfterAsync(
        Running? before, Sequence sequence, string actorId, CancellationTokenSource stop, TaskCompletionSource done)
    {
        await Task.Yield();
        try
        {
            if (before is not null)
            {
                LogTakesOver(sequence.Name, before.Sequence.Name);
                await before.Stop.CancelAsync();
                await before.Done.WaitAsync(GiveWayTimeout, time, CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }

            await RunPhasesAsync(sequence, actorId, stop.Token);
        }
        finally
        {
            done.SetResult();
        }
    }

    private async Task RunPhasesAsync(Sequence sequence, string actorId, CancellationToken ct)
    {
        events.Sequence(actorId, sequence.Name, started: true, error: null);
        LogSequenceStarted(sequence.Name, actorId);
        try
        {
            foreach (Phase phase in sequence.Phases)
            {
                events.Phase(actorId, phase.Name, started: true);
                await RunPhaseAsync(sequence, phase, actorId, ct);
                events.Phase(actorId, phase.Name, started: false);
            }
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            events.Sequence(actorId, sequence.Name, started: false, "another sequence took over");
            throw;
        }
        catch (SequenceFailedException e)
        {
            LogSequenceFailed(e.Message);
            events.Sequence(actorId, sequence.Name, started: false, e.Message);
            throw;
        }

        LogSequenceDone(sequence.Name);
        events.Sequence(actorId, sequence.Name, started: false, error: null);
    }

    private async Task RunPhaseAsync(Sequence sequence, Phase phase, string actorId, CancellationToken ct)
    {
        using CancellationTokenSource limit = new(phase.Timeout, time);
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(ct, limit.Token);
        string?[] problems = await Task.WhenAll(phase.Tasks.Select(t => RunTaskAsync(phase, t, actorId, stop.Token)));
        ct.ThrowIfCancellationRequested();

        string problem = string.Join("; ", problems.OfType<string>());
        if (problem.Length == 0)
        {
            return;
        }

        string text = $"{sequence.Name}: phase {phase.Name}: {problem}";
        if (!phase.GoesOnAfterFailure)
        {
            throw new SequenceFailedException(text);
        }

        LogGoesOn(text);
    }

    /// <summary>Runs one task, which is left alone when it does not heed the end of its time.</summary>
    /// <returns>Null, or what went wrong.</returns>
    private async Task<string?> RunTaskAsync(Phase phase, SequenceTask task, string actorId, CancellationToken ct)
    {
        events.Task(actorId, task.Name, started: true);
        LogTaskStarted(task.Name);
        long started = time.GetTimestamp();
        try
        {
            await Task.Run(() => task.RunAsync(ct), ct).WaitAsync(ct);
            LogTaskDone(task.Name, (long)time.GetElapsedTime(started).TotalMilliseconds);
            return null;
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            return $"task {task.Name}: not done within {phase.Timeout.TotalSeconds:0} s";
        }
        catch (Exception e)
        {
            return $"task {task.Name}: {e.Message}";
        }
        finally
        {
            events.Task(actorId, task.Name, started: false);
        }
    }

    private sealed record Running(Sequence Sequence, CancellationTokenSource Stop, Task Done);

    [LoggerMessage(LogLevel.Information, "Sequence {Sequence} started as {ActorId}")]
    private partial void LogSequenceStarted(string sequence, string actorId);

    [LoggerMessage(LogLevel.Information, "Sequence {Sequence} done")]
    private partial void LogSequenceDone(string sequence);

    [LoggerMessage(LogLevel.Error, "Sequence failed: {Problem}")]
    private partial void LogSequenceFailed(string problem);

    [LoggerMessage(LogLevel.Warning, "Sequence goes on after a failure: {Problem}")]
    private partial void LogGoesOn(string problem);

    [LoggerMessage(LogLevel.Warning, "Sequence {Sequence} takes over from {Other}")]
    private partial void LogTakesOver(string sequence, string other);

    [LoggerMessage(LogLevel.Information, "Task {Task} started")]
    private partial void LogTaskStarted(string task);

    [LoggerMessage(LogLevel.Information, "Task {Task} done in {Milliseconds} ms")]
    private partial void LogTaskDone(string task, long milliseconds);
}

/// <summary>A sequence ended before its last phase.</summary>
internal sealed class SequenceFailedException(string message) : Exception(message);
