using Talos.Fleet.Protocol;

namespace Talos.Fleet.Agent;

/// <summary>What to do next for a desired state.</summary>
internal enum DesiredAction
{
    /// <summary>Nothing, or wait.</summary>
    None,

    /// <summary>Install the bundle and restart into it.</summary>
    Install,

    /// <summary>Restart into what is installed already.</summary>
    Restart,
}

/// <summary>How far a desired state is, why, and what to do next.</summary>
internal sealed record DesiredStep(DesiredStatus Status, string? Reason = null, DesiredAction Action = DesiredAction.None);

/// <summary>Decides what a desired state asks for; pure.</summary>
internal static class DesiredRules
{
    /// <summary>Installs that are begun for one desired state before it is given up.</summary>
    public const int MaxAttempts = 5;

    /// <summary>The next step.</summary>
    /// <param name="orders">The desired state and what was tried for it; it has one.</param>
    /// <param name="update">The update engine; null when the node has none.</param>
    /// <param name="now">The node's clock; null when it cannot be trusted.</param>
    /// <param name="vetoes">What holds the node back, one sentence each.</param>
    public static DesiredStep Next(OrderFile orders, UpdateFacts? update, DateTimeOffset? now, IReadOnlyList<string> vetoes)
    {
        DesiredState desired = orders.Desired!;
        if (desired.Update is not { } target)
        {
            return new DesiredStep(DesiredStatus.Done);
        }

        if (update is null)
        {
            return new DesiredStep(DesiredStatus.Failed, "the node has no update engine");
        }

        if (SameVersion(update.RunningVersion, target.Version))
        {
            return update.Phase is UpdatePhase.Trial ? new DesiredStep(DesiredStatus.Trial) : new DesiredStep(DesiredStatus.Done);
        }

        bool about = SameVersion(update.Version, target.Version);
        switch (update.Phase)
        {
            case UpdatePhase.Checking or UpdatePhase.Writing or UpdatePhase.Verifying when orders.Attempts > 0:
                return new DesiredStep(DesiredStatus.Installing);
            case UpdatePhase.Checking or UpdatePhase.Writing or UpdatePhase.Verifying or UpdatePhase.Trial:
                return new DesiredStep(DesiredStatus.Waiting, "another update is under way");
        }

        if (orders.Reached)
        {
            return new DesiredStep(DesiredStatus.Done, $"it was reached; {update.RunningVersion} was chosen since, by a rollback or another update on the node. Order it anew to install it again");
        }

        if ((orders.Attempts > 0 || !target.Force) && FailureOf(update, target.Version) is { } failure)
        {
            return new DesiredStep(DesiredStatus.Failed, failure);
        }

        if (orders.Attempts >= MaxAttempts && !(update.Phase is UpdatePhase.TrialPending && about))
        {
            return new DesiredStep(DesiredStatus.Failed, $"{orders.Attempts} tries failed; the last one: {orders.LastFailure ?? update.Message}");
        }

        if (now > desired.NotAfter)
        {
            return new DesiredStep(DesiredStatus.Expired, $"it was to be done until {desired.NotAfter:O}");
        }

        if (Window(desired.Windows, now) is { } wait)
        {
            return new DesiredStep(DesiredStatus.Waiting, wait);
        }

        if (vetoes.Count > 0)
        {
            return new DesiredStep(DesiredStatus.Vetoed, Limited(string.Join("; ", vetoes)));
        }

        return update.Phase is UpdatePhase.TrialPending && about
            ? new DesiredStep(DesiredStatus.Trial, null, DesiredAction.Restart)
            : new DesiredStep(DesiredStatus.Installing, null, DesiredAction.Install);
    }

    /// <summary>Versions with and without a leading <c>v</c> are the same.</summary>
    public static bool SameVersion(string a, string b) => a.Length > 0 && a.TrimStart('v') == b.TrimStart('v');

    /// <summary>Why a version failed on this node; null when it did not.</summary>
    public static string? FailureOf(UpdateFacts update, string version)
    {
        foreach ((string failed, string reason) in update.Failed)
        {
            if (SameVersion(failed, version))
            {
                return Limited($"{failed} failed on this node: {reason}");
            }
        }

        return null;
    }

    /// <summary>Null inside of a window; else what is waited for.</summary>
    private static string? Window(IReadOnlyList<MaintenanceWindow> windows, DateTimeOffset? now)
    {
        if (windows.Count == 0)
        {
            return null;
        }

        if (now is not { } time)
        {
            return "the clock is not set yet, so the maintenance window is not known";
        }

        if (windows.Any(w => w.From <= time && time < w.To))
        {
            return null;
        }

        return windows.Where(w => w.From > time).MinBy(w => w.From) is { } next
            ? $"the maintenance window begins {next.From:O}"
            : "all maintenance windows are over";
    }

    private static string Limited(string text) => text.Length > 1000 ? text[..1000] : text;
}
