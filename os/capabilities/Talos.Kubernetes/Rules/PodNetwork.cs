using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;

namespace Talos.Kubernetes.Rules;

/// <summary>Writes the CNI configuration: one bridge, addresses from a local range.</summary>
/// <remarks>Source: CNI specification 0.4.0; plugins bridge, host-local, portmap.</remarks>
internal static class PodNetwork
{
    private const int NodePrefixLength4 = 24;
    private const int NodePrefixLength6 = 64;

    /// <summary>Used when the machine config names no subnet of pods.</summary>
    private static readonly IPNetwork DefaultSubnet = new(IPAddress.Parse("10.244.0.0"), NodePrefixLength4);

    /// <summary>The network list as JSON.</summary>
    /// <param name="podSubnets">Of the cluster; the first of each family counts, cut to one node's share.</param>
    /// <param name="hasIpTables">Without it there is no address translation and no host port.</param>
    public static string Render(IReadOnlyList<IPNetwork> podSubnets, bool hasIpTables)
    {
        List<IPNetwork> subnets = [.. Shares(podSubnets)];
        if (subnets.Count == 0)
        {
            subnets.Add(DefaultSubnet);
        }

        JsonArray ranges = [];
        JsonArray routes = [];
        foreach (IPNetwork subnet in subnets)
        {
            ranges.Add((JsonNode)new JsonArray(new JsonObject { ["subnet"] = subnet.ToString() }));
            routes.Add((JsonNode)new JsonObject { ["dst"] = subnet.BaseAddress.AddressFamily is AddressFamily.InterNetwork ? "0.0.0.0/0" : "::/0" });
        }

        JsonArray plugins = [];
        plugins.Add((JsonNode)new JsonObject
        {
            ["type"] = "bridge",
            ["bridge"] = "cni0",
            ["isGateway"] = true,
            ["hairpinMode"] = true,
            ["ipMasq"] = hasIpTables,
            ["ipam"] = new JsonObject
            {
                ["type"] = "host-local",
                ["dataDir"] = "/run/cni/networks",
                ["ranges"] = ranges,
                ["routes"] = routes,
            },
        });
        if (hasIpTables)
        {
            plugins.Add((JsonNode)new JsonObject { ["type"] = "portmap", ["capabilities"] = new JsonObject { ["portMappings"] = true } });
        }

        return new JsonObject { ["cniVersion"] = "0.4.0", ["name"] = "talos", ["plugins"] = plugins }.ToJsonString();
    }

    private static IEnumerable<IPNetwork> Shares(IReadOnlyList<IPNetwork> subnets)
    {
        foreach ((AddressFamily family, int length) in new[]
        {
            (AddressFamily.InterNetwork, NodePrefixLength4), (AddressFamily.InterNetworkV6, NodePrefixLength6),
        })
        {
            foreach (IPNetwork subnet in subnets.Where(s => s.BaseAddress.AddressFamily == family).Take(1))
            {
                yield return subnet.PrefixLength >= length ? subnet : new IPNetwork(subnet.BaseAddress, length);
            }
        }
    }
}
