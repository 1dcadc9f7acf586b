namespace Talos.Block.Volumes;

/// <summary>Runs actions one after the other, in the order they were asked for.</summary>
internal sealed class OneAtATime
{
    private readonly Lock _gate = new();
    private Task _last = Task.CompletedTask;

    /// <summary>Runs <paramref name="action"/> when those before it have ended, however they did.</summary>
    internal Task RunAsync(Func<Task> action, CancellationToken ct)
    {
        lock (_gate)
        {
            Task run = RunAfterAsync(_last, action, ct);
            _last = run;
            return run;
        }
    }

    private static async Task RunAfterAsync(Task before, Func<Task> action, CancellationToken ct)
    {
        await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ForceYielding);
        ct.ThrowIfCancellationRequested();
        await action().ConfigureAwait(false);
    }
}
