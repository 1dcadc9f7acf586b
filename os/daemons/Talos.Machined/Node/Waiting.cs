using Talos.Services;

namespace Talos.Machined.Node;

/// <summary>Waits for conditions of services.</summary>
internal static class Waiting
{
    /// <summary>Returns when the condition holds; it is asked again after every change of a service.</summary>
    public static async Task UntilAsync(this ServiceManager services, Func<bool> condition, CancellationToken ct)
    {
        // Not disposed: a change that is being told right now may still release it after the wait has ended.
        SemaphoreSlim changed = new(0);
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
}
