using Talos.Ota.Bundle;

namespace Talos.Ota.Engine.Planning;

/// <summary>How a part gets its content.</summary>
/// <param name="Full">The part itself; null when the bundle has only deltas for it.</param>
/// <param name="Missing">Chunks of <paramref name="Full"/> that the slot does not hold, in order.</param>
/// <param name="Delta">The delta to use; null for the full payload.</param>
internal sealed record PayloadChoice(BundlePayload? Full, IReadOnlyList<int> Missing, BundlePayload? Delta)
{
    /// <summary>Takes the delta when it is fewer bytes than what is missing of the full payload.</summary>
    /// <param name="full">The part itself.</param>
    /// <param name="missing">Its chunks the slot does not hold.</param>
    /// <param name="delta">A delta whose base the running slot holds; null when there is none.</param>
    public static PayloadChoice Choose(BundlePayload? full, IReadOnlyList<int> missing, BundlePayload? delta)
    {
        long toFetch = full is null ? long.MaxValue : missing.Sum(c => (long)full[c].StoredLength);
        return new PayloadChoice(full, missing, delta?.Info.StoredSize < toFetch ? delta : null);
    }

    /// <summary>Ranges of chunks worth one request each: small gaps are fetched along.</summary>
    /// <param name="payload">The payload.</param>
    /// <param name="wanted">Chunks wanted, in order.</param>
    /// <param name="gap">Bytes in the bundle that are cheaper than another request.</param>
    public static IEnumerable<(int First, int Count)> Requests(BundlePayload payload, IReadOnlyList<int> wanted, long gap)
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
