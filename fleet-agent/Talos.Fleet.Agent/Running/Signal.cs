namespace Talos.Fleet.Agent;

/// <summary>Wakes one waiter; what is raised while nobody waits is not lost.</summary>
internal sealed class Signal : IDisposable
{
    /// <summary>No wait is longer: a timer holds 49 days at most, and whoever waits looks again anyway.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromDays(1);

    private readonly SemaphoreSlim _raised = new(0);

    public void Raise()
    {
        if (_raised.CurrentCount == 0)
        {
            _raised.Release();
        }
    }

    /// <summary>Waits until it is raised or a time is over; whatever the length, it is at most a day unless it is endless.</summary>
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
            Task passed = Task.Delay(longest < TimeSpan.Zero ? TimeSpan.Zero : longest > Longest ? Longest : longest, time, over.Token);
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
