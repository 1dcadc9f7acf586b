namespace Talos.Ota.Bundle;

/// <summary>Whether a node may install a bundle that is signed well; asked before a byte is written.</summary>
public static class BundlePolicy
{
    /// <summary>Refuses by exception.</summary>
    /// <param name="manifest">The manifest, its signature found good.</param>
    /// <param name="node">What the node knows of itself.</param>
    /// <exception cref="BundleException">The first reason against it.</exception>
    public static void Check(BundleManifest manifest, NodeFacts node)
    {
        if (manifest.Architecture != node.Architecture || !manifest.Boards.Contains(node.Board, StringComparer.Ordinal))
        {
            Refuse(BundleProblem.WrongBoard, $"it is for {string.Join(", ", manifest.Boards)} ({manifest.Architecture}), this board is {node.Board} ({node.Architecture})");
        }

        if (manifest.Expires is { } expires && node.Time.Time > expires)
        {
            Refuse(BundleProblem.Expired, $"version {manifest.Version} was to be installed until {expires:u}, checked at {node.Time.Time:u}; ask for a newer one");
        }

        if (node.Floor is { } floor && manifest.Version < floor)
        {
            Refuse(BundleProblem.BelowFloor, $"version {manifest.Version} is below {floor}, the anti-rollback floor of this node");
        }

        if (manifest.MinimumVersion is { } minimum && node.RunningVersion < minimum)
        {
            Refuse(BundleProblem.RunningVersionTooOld, $"version {manifest.Version} needs {minimum} or newer to come from, {node.RunningVersion} runs; install {minimum} first");
        }

        if (!node.AllowFailed && node.FailedBuilds.FirstOrDefault(f => f.Version == manifest.Version && f.Build == manifest.Build) is { } failed)
        {
            Refuse(BundleProblem.FailedBefore, $"version {manifest.Version} (build {manifest.Build}) was tried on this node and failed: {failed.Reason}");
        }
    }

    private static void Refuse(BundleProblem problem, string message) => throw new BundleException(problem, $"bundle: {message}");
}
