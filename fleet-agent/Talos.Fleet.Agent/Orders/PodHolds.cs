using System.Globalization;

namespace Talos.Fleet.Agent;

/// <summary>A static pod that forbids to be interrupted by an update the hub orders.</summary>
/// <param name="Pod">Its id in the machine config, <c>NAMESPACE-NAME</c>.</param>
/// <param name="Limit">How long an order waits for it at most.</param>
internal sealed record PodHold(string Pod, TimeSpan Limit);

/// <summary>Finds them by their annotation.</summary>
internal static class PodHolds
{
    /// <summary>The annotation; its value is the limit, a whole number with s, m, h or d.</summary>
    public const string Annotation = "talos.dev/forbid-disruption";

    /// <summary>The limit when the value is none.</summary>
    public static readonly TimeSpan Usual = TimeSpan.FromDays(1);

    /// <summary>No pod holds longer.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromDays(7);

    /// <summary>Pods that are there and have the annotation. One that ended is gone; one the kubelet does not tell of yet is there.</summary>
    /// <param name="pods">Id and spec of the static pods of the machine config.</param>
    /// <param name="statuses">Id (<c>NAMESPACE/NAME-NODE</c>) and PodStatus as the kubelet tells them.</param>
    /// <param name="hostname">Name of the node, which the kubelet puts behind a static pod's name.</param>
    public static IReadOnlyList<PodHold> Of(IReadOnlyList<(string Id, string Spec)> pods, IReadOnlyList<(string Id, string Status)> statuses, string hostname) =>
    [
        .. from pod in pods
           let value = YamlLines.Value(pod.Spec, Annotation) ?? YamlLines.Value(pod.Spec, $"\"{Annotation}\"")
           where value is not null && value != "false"
           let status = statuses.FirstOrDefault(s => s.Id.Replace('/', '-') == $"{pod.Id}-{hostname}").Status
           where status is null || YamlLines.Value(status, "phase") is not ("Succeeded" or "Failed")
           select new PodHold(pod.Id, Limit(value)),
    ];

    /// <summary>Those that are waited for still, one sentence each.</summary>
    /// <param name="holds">The pods.</param>
    /// <param name="held">How long they have held the update back.</param>
    public static IEnumerable<string> Reasons(IReadOnlyList<PodHold> holds, TimeSpan held) =>
        holds.Where(h => held < h.Limit).Select(h => $"workload: pod {h.Pod} forbids disruption; it is waited for {h.Limit} at most");

    internal static TimeSpan Limit(string value)
    {
        int seconds = value.Length < 2 ? 0 : value[^1] switch { 's' => 1, 'm' => 60, 'h' => 3600, 'd' => 86400, _ => 0 };
        return seconds > 0 && int.TryParse(value.AsSpan(0, value.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            ? TimeSpan.FromSeconds(Math.Min((long)number * seconds, (long)Longest.TotalSeconds))
            : Usual;
    }
}
