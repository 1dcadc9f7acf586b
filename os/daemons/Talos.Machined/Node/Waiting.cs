using Talos.Cosi;
using Talos.Services;

namespace Talos.Machined.Node;

/// <summary>Waits for conditions of services and resources.</summary>
internal static class Waiting
{
    /// <summary>Returns when the condition holds; it is asked again after every change of the state.</summary>
    public static async Task UntilAsync(this IState state, Func<bool> condition, CancellationToken ct)
    {
        using SemaphoreSlim changed = new(0);
        void OnChanged(StateEvent happened) => changed.Release();
        state.Changed += OnChanged;
        try
        {
            while (!condition())
            {
                await changed.WaitAsync(ct);
            }
        }
        finally
        {
            state.Changed -= OnChanged;
        }
    }

    /// <summary>Returns when the condition holds; it is asked again after every change of a service.</summary>
    public static async Task UntilAsync(this ServiceManager services, Func<bool> condition, CancellationToken ct)
    {
        using SemaphoreSlim changed = new(0);
        void OnChanged() => changed.Release();
        services.Changed += OnChanged;
        try
        {
            while (!condition())
            {
                await changed.WaitAsync(ct);
            }
        }
        finally
        {
            services.Changed -= OnChanged;
        }
    }

    /// <summary>Asks every quarter second until the condition holds: for what tells nobody of its changes.</summary>
    public static async Task PollAsync(Func<bool> condition, TimeProvider time, CancellationToken ct)
    {
        while (!condition())
        {
            await Task.Delay(TimeSpan.FromMilliseconds(250), time, ct);
        }
    }
}
