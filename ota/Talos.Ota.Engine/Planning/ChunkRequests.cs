using Talos.Ota.Bundle;

namespace Talos.Ota.Engine.Planning;

/// <summary>Which chunks are worth a request of their own.</summary>
internal static class ChunkRequests
{
    /// <summary>Ranges of chunks, one request each: small gaps are fetched along.</summary>
    /// <param name="payload">The payload.</param>
    /// <param name="wanted">Chunks wanted, in order.</param>
    /// <param name="gap">Bytes in the bundle that are cheaper than another request.</param>
    public static IEnumerable<(int First, int Count)> Plan(BundlePayload payload, IReadOnlyList<int> wanted, long gap)
    {
        for (int i = 0; i < wanted.Count;)
        {
            int first = wanted[i], last = first;
            while (++i < wanted.Count && payload[wanted[i]].Offset - (payload[last].Offset + payload[last].StoredLength) <= gap)
            {
                last = wanted[i];
            }

            yield return (first, last - first + 1);
        }
    }
}
