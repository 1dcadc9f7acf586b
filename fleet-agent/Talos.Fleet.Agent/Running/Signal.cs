namespace Talos.Fleet.Agent;

/// <summary>Wakes one waiter; what is raised while nobody waits is not lost.</summary>
internal sealed class Signal : IDisposable
{
    private readonly SemaphoreSlim _raised = new(0);

    public void Raise()
    {
        if (_raised.CurrentCount == 0)
        {
            _raised.Release();
        }
    }

    /// <summary>Waits until it is raised or a time is over.</summary>
    public async Task WaitAsync(TimeSpan longest, TimeProvider time, CancellationToken ct)
    {
        using CancellationTokenSource over = CancellationTokenSource.CreateLinkedTokenSource(ct);
        Task raised = _raised.WaitAsync(over.Token);
        if (longest == Timeout.InfiniteTimeSpan)
        {
            await raised;
        }
        else
        {
            Task passed = Task.Delay(longest < TimeSpan.Zero ? TimeSpan.Zero : longest, time, over.Token);
            await Task.WhenAny(raised, passed);
            await over.CancelAsync();
            await raised.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        while (_raised.Wait(0, CancellationToken.None))
        {
        }

        ct.ThrowIfCancellationRequested();
    }

    public void Dispose() => _raised.Dispose();
}
