using System.Collections.Concurrent;

namespace Talos.Fleet.Hub.Messaging;

/// <summary>Wills that wait, so that a planned restart is no alarm: one a client, its last one.</summary>
/// <param name="delay">How long.</param>
/// <param name="time">Clock.</param>
/// <param name="due">Is given the client and its Will when the time is over.</param>
internal sealed class PendingWills(TimeSpan delay, TimeProvider time, Func<string, byte[], Task> due)
{
    private readonly ConcurrentDictionary<string, Will> _waiting = new(StringComparer.Ordinal);

    public int Count => _waiting.Count;

    /// <summary>Takes the place of the client's Will that waits, if there is one; the time begins anew.</summary>
    public void Set(string client, byte[] payload, CancellationToken ct)
    {
        Will will = new(payload, time.GetTimestamp());
        if (_waiting.TryAdd(client, will))
        {
            _ = RunAsync(client, ct);
        }
        else
        {
            // Between the two lines the other one may have come to its end: then this is the first one again.
            while (!(_waiting.TryGetValue(client, out Will? old) && _waiting.TryUpdate(client, will, old)))
            {
                if (_waiting.TryAdd(client, will))
                {
                    _ = RunAsync(client, ct);
                    return;
                }
            }
        }
    }

    private async Task RunAsync(string client, CancellationToken ct)
    {
        try
        {
            while (_waiting.TryGetValue(client, out Will? will))
            {
                TimeSpan rest = delay - time.GetElapsedTime(will.At);
                if (rest > TimeSpan.Zero)
                {
                    await Task.Delay(rest, time, ct);
                }
                else if (_waiting.TryRemove(new KeyValuePair<string, Will>(client, will)))
                {
                    await due(client, will.Payload);
                    return;
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The hub stops; the node comes back to the next one.
        }
    }

    private sealed record Will(byte[] Payload, long At);
}
