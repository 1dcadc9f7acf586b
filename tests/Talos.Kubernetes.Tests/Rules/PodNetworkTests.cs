using System.Net;
using System.Text.Json;
using Talos.Kubernetes.Rules;

namespace Talos.Kubernetes.Tests.Rules;

public sealed class PodNetworkTests
{
    [Theory]
    [InlineData(new string[0], "10.244.0.0/24")]
    [InlineData(new[] { "10.200.0.0/16" }, "10.200.0.0/24")]
    [InlineData(new[] { "10.200.7.0/26" }, "10.200.7.0/26")]
    [InlineData(new[] { "10.200.0.0/16", "fd00:1::/48", "10.201.0.0/16" }, "10.200.0.0/24 fd00:1::/64")]
    public void A_node_takes_its_share_of_each_family(string[] subnets, string shares)
    {
        JsonElement ranges = Render(subnets, hasIpTables: true).GetProperty("plugins")[0].GetProperty("ipam").GetProperty("ranges");

        Assert.Equal(shares, string.Join(' ', ranges.EnumerateArray().Select(r => r[0].GetProperty("subnet").GetString())));
    }

    [Fact]
    public void Without_iptables_there_is_a_bridge_alone()
    {
        JsonElement plugins = Render([], hasIpTables: false).GetProperty("plugins");

        Assert.Equal(1, plugins.GetArrayLength());
        Assert.False(plugins[0].GetProperty("ipMasq").GetBoolean());
    }

    private static JsonElement Render(string[] subnets, bool hasIpTables) =>
        JsonDocument.Parse(PodNetwork.Render([.. subnets.Select(IPNetwork.Parse)], hasIpTables)).RootElement;
}
