using Talos.Ota.Bundle;

namespace Talos.Ota.Engine.Planning;

/// <summary>What one part of the slot shall hold, and the payloads it may come from.</summary>
/// <param name="Part">The part.</param>
/// <param name="Target">Its content in the end.</param>
/// <param name="Full">The part itself; null when the bundle has only deltas for it.</param>
/// <param name="Delta">The smallest delta whose base the running slot holds; null for none, or none worth it.</param>
internal sealed record PartPlan(BundlePart Part, ContentId Target, BundlePayload? Full, BundlePayload? Delta)
{
    /// <summary>Whether the delta is fewer bytes than what is missing of the full payload.</summary>
    /// <param name="missing">Chunks of <see cref="Full"/> the slot does not hold.</param>
    public bool PrefersDelta(IReadOnlyList<int> missing) =>
        Delta is { } delta && (Full is not { } full || delta.Info.StoredSize < missing.Sum(c => (long)full[c].StoredLength));
}
