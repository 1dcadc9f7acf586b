using Talos.Imager.Components;
using Talos.Imager.Rootfs;

namespace Talos.Imager.Build;

/// <summary>Finds out whether the tools that write a root give the bytes that the pinned ones gave.</summary>
internal static class ToolCheck
{
    /// <summary>Packs the reference root and compares.</summary>
    /// <param name="cache">Keeps the result for each set of tools.</param>
    /// <param name="components">Has the tools.</param>
    /// <param name="state">Has the checksum; gets the new one.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>What there is to say about it; null when nothing.</returns>
    public static async Task<string?> RunAsync(ComponentCache cache, ComponentSet components, ResolvedLock state, CancellationToken ct)
    {
        string[] others =
        [
            .. state.Locked.Packages.Where(p => p.Group == LockedPackage.ImageGroup && p.Replaces.Length > 0).Select(p => $"{p.Package} {p.Version}"),
        ];
        string before = state.Locked.ReferenceRoot;
        if (before.Length == 0)
        {
            return others.Length == 0 ? null
                : $"{string.Join(", ", others)}: components.lock has no tools.referenceRoot to compare with: deltas from earlier images may start anew";
        }

        string now = await ReferenceRoot.PackAsync(cache, components.Tools, ct);
        if (now == before)
        {
            return others.Length == 0 ? null : $"{string.Join(", ", others)}: a reference root packs to the same bytes, so deltas from earlier images stay small";
        }

        state.Set("tools", "referenceRoot", now);
        return $"{(others.Length == 0 ? "mksquashfs" : string.Join(", ", others))}: a reference root packs to other bytes than with the pinned tools: "
            + "deltas from earlier images start anew, the first update fetches the whole root";
    }
}
