using Talos.Resources.Network;
using Talos.Resources.Runtime;

namespace Talos.Machined.Controllers;

/// <summary>What keeps a node from being ready.</summary>
internal static class Readiness
{
    /// <summary>Services every configured node runs.</summary>
    private static readonly string[] Always = ["apid", "cri", "kubelet"];

    /// <summary>Name of the condition of the pods of the machine config.</summary>
    public const string StaticPods = "staticPods";

    /// <summary>What is missing, in a fixed order; empty when the node is ready.</summary>
    /// <param name="stage">What the node is doing.</param>
    /// <param name="problem">What went wrong in it.</param>
    /// <param name="wanted">Services that should run.</param>
    /// <param name="services">Services as they are.</param>
    /// <param name="network">The network as it is; null when nothing is known yet.</param>
    /// <param name="unreadyPods">Static pods of the machine config that are not ready, one sentence each.</param>
    public static IReadOnlyList<UnmetCondition> Unmet(
        MachineStage stage,
        string? problem,
        IReadOnlyList<string> wanted,
        IReadOnlyDictionary<string, ServiceStatus> services,
        NetworkStatus? network,
        IReadOnlyList<string> unreadyPods)
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

        if (stage is MachineStage.Running && NetworkMissing(network ?? new NetworkStatus()) is { Count: > 0 } missing)
        {
            unmet.Add(new UnmetCondition("network", "waiting on: " + string.Join(", ", missing)));
        }

        if (stage is MachineStage.Running && unreadyPods.Count > 0)
        {
            unmet.Add(new UnmetCondition(StaticPods, string.Join(", ", unreadyPods)));
        }

        return unmet;
    }

    private static List<string> NetworkMissing(NetworkStatus network)
    {
        List<string> missing = [];
        Add(network.AddressReady, "address");
        Add(network.ConnectivityReady, "connectivity");
        Add(network.HostnameReady, "hostname");
        Add(network.EtcFilesReady, "etc files");
        return missing;

        void Add(bool ready, string what)
        {
            if (!ready)
            {
                missing.Add(what);
            }
        }
    }

    private static string Words(ServiceStatus? service) => service switch
    {
        null or { Running: false } => "not running",
        { Unknown: true } => "not checked yet",
        _ => "not healthy",
    };
}
