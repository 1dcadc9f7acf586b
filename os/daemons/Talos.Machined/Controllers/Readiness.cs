using Talos.Resources.Runtime;

namespace Talos.Machined.Controllers;

/// <summary>What keeps a node from being ready.</summary>
internal static class Readiness
{
    /// <summary>Services every configured node runs.</summary>
    private static readonly string[] Always = ["apid", "cri", "kubelet"];

    /// <summary>What is missing, in a fixed order; empty when the node is ready.</summary>
    /// <param name="stage">What the node is doing.</param>
    /// <param name="problem">What went wrong in it.</param>
    /// <param name="wanted">Services that should run.</param>
    /// <param name="services">Services as they are.</param>
    public static IReadOnlyList<UnmetCondition> Unmet(
        MachineStage stage, string? problem, IReadOnlyList<string> wanted, IReadOnlyDictionary<string, ServiceStatus> services)
    {
        List<UnmetCondition> unmet = [];
        if (problem is not null)
        {
            unmet.Add(new UnmetCondition("boot", problem));
        }

        if (stage is MachineStage.Running)
        {
            List<string> down =
            [
                .. Always.Union(wanted).Order(StringComparer.Ordinal)
                    .Where(id => !services.TryGetValue(id, out ServiceStatus? s) || !s.Running || !s.Healthy)
                    .Select(id => $"{id} {Words(services.GetValueOrDefault(id))}"),
            ];
            if (down.Count > 0)
            {
                unmet.Add(new UnmetCondition("services", string.Join(", ", down)));
            }
        }

        return unmet;
    }

    private static string Words(ServiceStatus? service) => service switch
    {
        null or { Running: false } => "not running",
        { Unknown: true } => "not checked yet",
        _ => "not healthy",
    };
}
