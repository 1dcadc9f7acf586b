using Talos.Resources.Network;
using Talos.Testing;

namespace Talos.Network.Tests.Integration;

/// <summary>The room against servers that are in each other's way or say odd things: real dnsmasq, each in a namespace of its own, on one bridge.</summary>
[Trait("Category", "Integration")]
public sealed class DhcpServersTests
{
    private const string DhcpConfig = "apiVersion: v1alpha1\nkind: LinkConfig\nname: eth9\n---\napiVersion: v1alpha1\nkind: DHCPv4Config\nname: eth9\n";

    [Fact]
    public Task Two_servers_that_refuse_each_others_leases_leave_the_node_its_address_over_every_flap() => IsolatedNetwork.RunAsync(async network =>
    {
        Connect(network);
        Serve(network, 1, "");
        Serve(network, 2, "");
        await using NetworkNode node = new();
        node.Configure(DhcpConfig);
        await node.UntilAsync("lease", () => Addresses(node).Count() == 1);
        string address = Addresses(node).Single();

        for (int flap = 1; flap <= 4; flap++)
        {
            network.RunInPeer("ip link set srv0 down");
            await node.UntilAsync("link down", () => node.Find<LinkStatus>("eth9")?.LinkState is false);
            network.RunInPeer("ip link set srv0 up");
            await node.UntilAsync($"lease confirmed {flap} times", () => node.Log.Split($"DHCP on eth9: {address} from ").Length == flap + 2);
            Assert.Equal([address], Addresses(node));
        }

        Assert.DoesNotContain("lease lost", node.Log, StringComparison.Ordinal);
        Assert.DoesNotContain("asks anew", node.Log, StringComparison.Ordinal);
    });

    [Fact]
    public Task A_server_that_sends_its_identifier_twice_gives_a_lease() => IsolatedNetwork.RunAsync(async network =>
    {
        Connect(network);
        Serve(network, 1, "--dhcp-option-force=54,10.77.0.1 --dhcp-option-force=51,120 --dhcp-option-force=1,255.255.255.0");
        await using NetworkNode node = new();
        node.Configure(DhcpConfig);

        await node.UntilAsync("lease", () => Addresses(node).Count() == 1);
        await node.UntilAsync("ready", () => node.Find<NetworkStatus>("status") is { ConnectivityReady: true });
    });

    [Fact]
    public Task A_host_name_that_is_not_valid_is_said_and_the_node_has_its_own() => IsolatedNetwork.RunAsync(async network =>
    {
        Connect(network);
        Serve(network, 1, "--dhcp-option-force=12,Edge_Node77");
        await using NetworkNode node = new();
        node.Configure(DhcpConfig);

        await node.UntilAsync("lease", () => Addresses(node).Count() == 1);
        await node.UntilAsync("said", () => node.Log.Contains("host name 'Edge_Node77' (option 12)", StringComparison.Ordinal));
        await node.UntilAsync("own name", () => node.Files.Hostname.StartsWith("talos-", StringComparison.Ordinal));
    });

    private static IEnumerable<string> Addresses(NetworkNode node) =>
        node.Ids<AddressStatus>().Where(id => id.StartsWith("eth9/10.77.", StringComparison.Ordinal)).Select(id => id["eth9/".Length..]);

    private static void Connect(IsolatedNetwork network)
    {
        network.Run("ip", "link", "add", "eth9", "type", "veth", "peer", "name", "srv0", "netns", IsolatedNetwork.Peer);
        network.RunInPeer("ip link add br0 type bridge");
        network.RunInPeer("ip link set srv0 master br0");
        network.RunInPeer("ip link set srv0 up");
        network.RunInPeer("ip link set br0 up");
    }

    private static void Serve(IsolatedNetwork network, int number, string options)
    {
        network.Run("ip", "netns", "add", $"server{number}");
        network.RunInPeer($"ip link add port{number} type veth peer name up0 netns server{number}");
        network.RunInPeer($"ip link set port{number} master br0");
        network.RunInPeer($"ip link set port{number} up");
        network.Run("ip", "-n", $"server{number}", "addr", "add", $"10.77.0.{number}/24", "dev", "up0");
        network.Run("ip", "-n", $"server{number}", "link", "set", "up0", "up");
        network.StartInPeer(
            $"ip netns exec server{number} dnsmasq --keep-in-foreground --log-facility=- --conf-file=/dev/null --user=root --port=0 --interface=up0 "
            + "--bind-interfaces --log-dhcp --no-ping --dhcp-authoritative "
            + $"--dhcp-leasefile=/run/leases{number} --dhcp-range=10.77.0.{number}00,10.77.0.{number}20,255.255.255.0,2m "
            + $"--dhcp-option=option:router,10.77.0.{number} {options}".TrimEnd());
    }
}
