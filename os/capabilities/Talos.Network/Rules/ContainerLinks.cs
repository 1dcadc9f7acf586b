using Talos.Resources.Network;

namespace Talos.Network.Rules;

/// <summary>Which links belong to containers; their addresses are not the node's.</summary>
internal static class ContainerLinks
{
    private static readonly string[] Prefixes = ["cni", "flannel", "kube-ipvs", "cilium", "veth", "docker", "cali"];

    /// <summary>Whether a network plugin made the link.</summary>
    public static bool IsOne(string name, LinkStatus link) =>
        link.Kind.Length > 0 && Prefixes.Any(prefix => name.StartsWith(prefix, StringComparison.Ordinal));
}
