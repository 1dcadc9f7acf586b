using Talos.Fleet.Protocol;

namespace Talos.Fleet.Agent;

/// <summary>Counts pods out of the YAML in which machined shows the kubelet's PodStatus objects.</summary>
/// <remarks>Source: Kubernetes API, PodStatus: phase, conditions.</remarks>
internal static class PodCounts
{
    private const int MaxVersion = 64;

    /// <summary>The report, without the kubelet's health.</summary>
    /// <param name="kubelet">Spec of the kubelet's status; empty when it is not known.</param>
    /// <param name="pods">A PodStatus each.</param>
    public static KubernetesReport Of(string kubelet, IReadOnlyCollection<string> pods)
    {
        string? version = YamlLines.Value(kubelet, "version");
        List<string?> phases = [.. pods.Select(p => YamlLines.Value(p, "phase"))];
        return new KubernetesReport
        {
            Healthy = false,
            Kubelet = string.IsNullOrEmpty(version) ? null : version[..Math.Min(version.Length, MaxVersion)],
            Pods = pods.Count,
            PodsReady = pods.Count(IsReady),
            PodsRunning = phases.Count(p => p == "Running"),
            PodsPending = phases.Count(p => p == "Pending"),
            PodsFailed = phases.Count(p => p == "Failed"),
        };
    }

    private static bool IsReady(string pod) =>
        YamlLines.Records(pod, "conditions").Any(c => c.GetValueOrDefault("type") == "Ready" && c.GetValueOrDefault("status") == "True");
}
