using System.Globalization;
using Talos.Machined.Controllers;
using Talos.Resources.Runtime;

namespace Talos.Machined.Updates;

/// <summary>Blesses a trial or ends it.</summary>
internal static class HealthGate
{
    /// <summary>How long a node has to stay healthy: a kubelet that comes and goes is not.</summary>
    public static readonly TimeSpan Steady = TimeSpan.FromSeconds(10);

    /// <summary>What is not healthy, one sentence each; empty when everything is.</summary>
    public static IReadOnlyList<string> Missing(TrialHealth health)
    {
        List<string> missing = [];
        if (health.Stage is not MachineStage.Running)
        {
            missing.Add($"the node is {health.Stage.ToString().ToLowerInvariant()}, not running");
        }

        // The pods are told one by one below.
        missing.AddRange(health.Unmet.Where(u => u.Name != Readiness.StaticPods).Select(u => $"{u.Name}: {u.Reason}"));
        if (!health.ApiAnswers)
        {
            missing.Add("the API does not answer");
        }

        if (!health.KubeletHealthy && !health.Unmet.Any(u => u.Reason.Contains("kubelet", StringComparison.Ordinal)))
        {
            missing.Add("the kubelet is not healthy");
        }

        missing.AddRange(health.UnreadyPods);
        missing.AddRange(health.FailingControllers.Select(c => $"controller {c} fails again and again"));
        missing.AddRange(health.FailedProbes);
        return missing;
    }

    /// <summary>Judges a trial.</summary>
    /// <param name="missing">What is not healthy.</param>
    /// <param name="stage">What the node is doing; one on its way down is left alone.</param>
    /// <param name="sinceStart">Time since the first process started.</param>
    /// <param name="deadline">Time it has.</param>
    /// <param name="healthyFor">How long nothing has been missing.</param>
    public static TrialVerdict Judge(IReadOnlyList<string> missing, MachineStage stage, TimeSpan sinceStart, TimeSpan deadline, TimeSpan healthyFor) =>
        missing.Count == 0
            ? healthyFor >= Steady ? TrialVerdict.Good : TrialVerdict.Waiting
            : stage is not (MachineStage.Rebooting or MachineStage.ShuttingDown or MachineStage.Resetting) && sinceStart >= deadline
                ? TrialVerdict.Bad
                : TrialVerdict.Waiting;

    /// <summary>Why a trial ended, for people.</summary>
    public static string Reason(IReadOnlyList<string> missing, TimeSpan deadline) =>
        $"not healthy within {Text(deadline)}: {string.Join("; ", missing)}";

    /// <summary>How far the node has come, in words that are kept over a power cut.</summary>
    public static string Reached(TrialHealth health) => health switch
    {
        { ApiAnswers: false } => "machined",
        { Stage: not MachineStage.Running } => "api",
        { KubeletHealthy: false } => "boot",
        { UnreadyPods.Count: > 0 } => "kubelet",
        _ => "pods",
    };

    /// <summary>A duration as configs write it: <c>10m0s</c>.</summary>
    public static string Text(TimeSpan time) =>
        string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalMinutes}m{time.Seconds}s");
}
