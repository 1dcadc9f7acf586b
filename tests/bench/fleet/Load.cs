using System.Diagnostics;

namespace Talos.Fleet.Simulator;

/// <summary>Messages as fast as they are confirmed.</summary>
internal static class Load
{
    /// <summary>Sends for some seconds; every message waits for its confirmation, 512 nodes send at once.</summary>
    /// <returns>Messages sent.</returns>
    public static async Task<long> SendAsync(Fleet fleet, int seconds, Func<SimulatedNode, CancellationToken, Task> send, CancellationToken ct)
    {
        int senders = Math.Min(512, fleet.Nodes.Count), next = 0;
        long sent = 0;
        Stopwatch clock = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, senders).Select(async sender =>
        {
            while (clock.Elapsed.TotalSeconds < seconds)
            {
                // Each sender has nodes of its own, so that no node sends two messages at once.
                int index = sender + (senders * (Interlocked.Increment(ref next) / senders % Math.Max(1, fleet.Nodes.Count / senders)));
                await send(fleet.Nodes[index % fleet.Nodes.Count], ct);
                Interlocked.Increment(ref sent);
            }
        }));
        return sent;
    }
}
