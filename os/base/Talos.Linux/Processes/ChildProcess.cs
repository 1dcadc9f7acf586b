namespace Talos.Linux;

/// <summary>A child of this process, from its start to its end.</summary>
public sealed class ChildProcess
{
    private readonly TaskCompletionSource<ExitStatus> _exit = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _gate;
    private bool _reaped;

    internal ChildProcess(int id, Lock gate)
    {
        Id = id;
        _gate = gate;
    }

    /// <summary>Process id; after the end it may belong to another process.</summary>
    public int Id { get; }

    /// <summary>Completes with the exit status when the child has ended; never fails.</summary>
    public Task<ExitStatus> Exit => _exit.Task;

    /// <summary>Sends a signal to the child.</summary>
    /// <returns>False when it has ended.</returns>
    public bool Send(Signal signal) => Send(Id, signal);

    /// <summary>Sends a signal to the group of the child; it must have been started as a session of its own.</summary>
    /// <returns>False when the child has ended.</returns>
    public bool SendToGroup(Signal signal) => Send(-Id, signal);

    internal void SetReaped(ExitStatus status)
    {
        _reaped = true;
        _exit.SetResult(status);
    }

    /// <summary>The reaper takes the same lock to reap, so the id is still the child's own.</summary>
    private bool Send(int target, Signal signal)
    {
        lock (_gate)
        {
            return !_reaped && Signals.Send(target, signal);
        }
    }
}
