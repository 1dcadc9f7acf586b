namespace Talos.Block.Controllers;

/// <summary>Wakes a controller for an event of an object of this room.</summary>
internal static class Triggers
{
    /// <summary>Calls <paramref name="reconcile"/> for each event until cancelled.</summary>
    internal static async Task FromEventAsync(Action<Action> add, Action<Action> remove, Action reconcile, TimeProvider time, CancellationToken ct)
    {
        add(reconcile);
        try
        {
            reconcile(); // What happened before.
            await Task.Delay(Timeout.InfiniteTimeSpan, time, ct).ConfigureAwait(false);
        }
        finally
        {
            remove(reconcile);
        }
    }
}
