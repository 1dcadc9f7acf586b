using Talos.Resources.Network;

namespace Talos.Network.Rules;

/// <summary>When the network is ready.</summary>
internal static class ReadinessRules
{
    /// <summary>Whether one default route of those that are wanted is there; a node for which none is wanted has what it wants.</summary>
    public static bool HasWantedGateways(IEnumerable<RouteSpec> wanted, IReadOnlySet<string> present)
    {
        List<RouteSpec> gateways = [.. wanted.Where(r => r.Destination is null)];
        return gateways.Count == 0 || gateways.Any(r => present.Contains(r.MergedId));
    }
}
