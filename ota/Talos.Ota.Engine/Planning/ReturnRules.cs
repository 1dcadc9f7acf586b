using Talos.Ota.Bundle;
using Talos.Ota.Engine.Journal;
using Talos.Ota.Slots;

namespace Talos.Ota.Engine.Planning;

/// <summary>Whether the other slot may be started again: what could not be installed any more is not gone back to either.</summary>
internal static class ReturnRules
{
    /// <summary>Says what is against it; null for nothing.</summary>
    /// <param name="slot">The slot to go back to.</param>
    /// <param name="content">What it holds; null when that is not known.</param>
    /// <param name="floor">Nothing older is started; null for none.</param>
    /// <param name="trust">Whom the node trusts now.</param>
    public static string? Objection(SlotId slot, SlotContent? content, string? floor, Func<TrustStore> trust)
    {
        if (floor is not null)
        {
            if (!SemanticVersion.TryParse(content?.Version, out SemanticVersion? version))
            {
                return $"slot {slot} cannot be started: its version is not known, and {floor} is the anti-rollback floor of this node; install {floor} or later";
            }

            if (!SemanticVersion.TryParse(floor, out SemanticVersion? lowest) || version < lowest)
            {
                return $"slot {slot} cannot be started: it holds {version}, below {floor}, the anti-rollback floor of this node; install {floor} or later";
            }
        }

        // An image that was flashed was brought by no bundle: nobody's signature stands behind it.
        return content is { SignedBy.Count: > 0 } && !content.SignedBy.Any(trust().Accepts)
            ? $"slot {slot} cannot be started: everybody who signed {content.Version} has been revoked on this node; install a version that is signed anew"
            : null;
    }
}
