using System.Net;
using System.Net.Sockets;
using Talos.Resources.Network;
using Talos.Testing;

namespace Talos.Network.Tests.Integration;

/// <summary>A node with two links, a router behind each; both routers are 192.0.2.1 too, which stands for the internet.</summary>
[Trait("Category", "Integration")]
public sealed class TwoLinksTests
{
    private const string Internet = "192.0.2.1";

    [Fact]
    public Task Two_leases_give_one_default_route_in_force_that_no_pod_moves_and_that_moves_when_the_cable_is_pulled() => IsolatedNetwork.RunAsync(async network =>
    {
        Router(network, 8, "10.77.8", dhcp: true);
        Router(network, 9, "10.77.9", dhcp: true);
        await using NetworkNode node = new();
        node.Configure(string.Join("\n---\n", new[] { 8, 9 }.SelectMany(n => new[]
        {
            $"apiVersion: v1alpha1\nkind: LinkConfig\nname: eth{n}", $"apiVersion: v1alpha1\nkind: DHCPv4Config\nname: eth{n}",
        })));

        await UntilDefaultsAsync(node, network, "10.77.8.1 dev eth8 1024, 10.77.9.1 dev eth9 1025");
        await CheckPodsAndCableAsync(node, network, "10.77.8.1 dev eth8 1024", "10.77.9.1 dev eth9 1025");
    });

    [Fact]
    public Task Static_routes_of_one_metric_behave_the_same() => IsolatedNetwork.RunAsync(async network =>
    {
        Router(network, 8, "10.77.8", dhcp: false);
        Router(network, 9, "10.77.9", dhcp: false);
        await using NetworkNode node = new();
        node.Configure(string.Join("\n---\n", new[] { 8, 9 }.Select(n =>
            $"apiVersion: v1alpha1\nkind: LinkConfig\nname: eth{n}\naddresses: [{{address: 10.77.{n}.50/24}}]\nroutes: [{{gateway: 10.77.{n}.1}}]")));

        await UntilDefaultsAsync(node, network, "10.77.8.1 dev eth8 1024, 10.77.9.1 dev eth9 1025");
        await CheckPodsAndCableAsync(node, network, "10.77.8.1 dev eth8 1024", "10.77.9.1 dev eth9 1025");
    });

    [Fact]
    public Task Two_links_of_one_subnet_with_one_gateway_are_two_ways() => IsolatedNetwork.RunAsync(async network =>
    {
        Router(network, 8, "10.77.8", dhcp: false);
        Router(network, 9, "10.77.8", dhcp: false);
        await using NetworkNode node = new();
        node.Configure(string.Join("\n---\n", new[] { 8, 9 }.Select(n =>
            $"apiVersion: v1alpha1\nkind: LinkConfig\nname: eth{n}\naddresses: [{{address: 10.77.8.{50 + n}/24}}]\nroutes: [{{gateway: 10.77.8.1}}]")));

        await UntilDefaultsAsync(node, network, "10.77.8.1 dev eth8 1024, 10.77.8.1 dev eth9 1025");
        await CheckPodsAndCableAsync(node, network, "10.77.8.1 dev eth8 1024", "10.77.8.1 dev eth9 1025");
        Plug(network, 8, "down");
        await UntilDefaultsAsync(node, network, "10.77.8.1 dev eth9 1025");
        await UntilReachedAsync(node, "10.77.8.1");
    });

    [Fact]
    public Task Two_gateways_on_one_link_are_both_there() => IsolatedNetwork.RunAsync(async network =>
    {
        Router(network, 9, "10.77.9", dhcp: false);
        await using NetworkNode node = new();
        node.Configure("""
            apiVersion: v1alpha1
            kind: LinkConfig
            name: eth9
            addresses: [{address: 10.77.9.50/24}]
            routes: [{gateway: 10.77.9.1}, {gateway: 10.77.9.2}]
            """);

        await UntilDefaultsAsync(node, network, "10.77.9.1 dev eth9 1024, 10.77.9.2 dev eth9 1025");
        Assert.Empty(await PodsAsync(network));
    });

    [Fact]
    public Task An_IPv4_default_route_through_an_IPv6_gateway_carries_packets_and_there_is_no_IPv6_one() => IsolatedNetwork.RunAsync(async network =>
    {
        Router(network, 9, "10.77.9", dhcp: false);
        network.Run("ip", "-n", Space(9), "addr", "add", "fe80::1/64", "dev", "far9", "nodad");
        await using NetworkNode node = new();
        node.Configure("""
            apiVersion: v1alpha1
            kind: LinkConfig
            name: eth9
            addresses: [{address: 10.77.9.50/24}]
            routes: [{destination: 0.0.0.0/0, gateway: "fe80::1"}]
            """);

        await node.UntilAsync("route", () => network.Output("ip", "-4", "route").Contains("default via inet6 fe80::1 dev eth9", StringComparison.Ordinal));
        await node.UntilAsync("ready", () => node.Find<NetworkStatus>("status") is { ConnectivityReady: true });
        await UntilReachedAsync(node, Internet);
        Assert.DoesNotContain("default", network.Output("ip", "-6", "route"), StringComparison.Ordinal);
        Assert.Empty(await PodsAsync(network));
    });

    private static async Task CheckPodsAndCableAsync(NetworkNode node, IsolatedNetwork network, string first, string second)
    {
        await UntilReachedAsync(node, Internet);
        Assert.Empty(await PodsAsync(network));

        Plug(network, 8, "down");
        await UntilDefaultsAsync(node, network, second);
        await UntilReachedAsync(node, Internet);

        Plug(network, 8, "up");
        await UntilDefaultsAsync(node, network, $"{first}, {second}");

        Plug(network, 9, "down");
        await UntilDefaultsAsync(node, network, first);
        await UntilReachedAsync(node, Internet);
        Plug(network, 9, "up");
        await UntilDefaultsAsync(node, network, $"{first}, {second}");
    }

    /// <summary>Makes five pairs of links as pods do; gives the changes of default routes meanwhile.</summary>
    private static async Task<IEnumerable<string>> PodsAsync(IsolatedNetwork network)
    {
        IsolatedNetwork.Server monitor = network.Start("ip monitor route");
        await Task.Delay(TimeSpan.FromMilliseconds(500), TestContext.Current.CancellationToken);
        for (int pod = 0; pod < 5; pod++)
        {
            network.Run("ip", "link", "add", $"veth{pod}", "type", "veth", "peer", "name", $"pod{pod}");
            network.Run("ip", "addr", "add", $"10.244.{pod}.1/24", "dev", $"veth{pod}");
            network.Run("ip", "link", "set", $"veth{pod}", "up");
            network.Run("ip", "link", "set", $"pod{pod}", "up");
            await Task.Delay(TimeSpan.FromMilliseconds(700), TestContext.Current.CancellationToken);
        }

        Assert.Contains("10.244.4.0/24", monitor.Log, StringComparison.Ordinal);
        monitor.Stop();
        return monitor.Log.Split('\n').Where(line => line.Contains("default", StringComparison.Ordinal));
    }

    private static Task UntilReachedAsync(NetworkNode node, string address) => node.UntilAsync($"{address} reached", () => IsReached(address));

    /// <summary>Whether an answer comes: nobody listens on the port, so it is a refusal.</summary>
    private static bool IsReached(string address)
    {
        using Socket socket = new(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            return socket.ConnectAsync(IPAddress.Parse(address), 9).Wait(TimeSpan.FromMilliseconds(500));
        }
        catch (AggregateException e) when (e.InnerException is SocketException failure)
        {
            return failure.SocketErrorCode is SocketError.ConnectionRefused;
        }
    }

    private static Task UntilDefaultsAsync(NetworkNode node, IsolatedNetwork network, string wanted) => node.UntilAsync(
        $"{wanted}; there is {Defaults(network)}", () => Defaults(network) == wanted);

    private static string Defaults(IsolatedNetwork network) => string.Join(", ", network.Output("ip", "-4", "route", "show", "default")
        .Split('\n', StringSplitOptions.RemoveEmptyEntries)
        .Select(line => line.Split(' '))
        .Select(words => $"{words[2]} dev {words[4]} {words[Array.IndexOf(words, "metric") + 1]}"));

    private static string Space(int number) => $"router{number}";

    private static void Plug(IsolatedNetwork network, int number, string state) => network.Run("ip", "-n", Space(number), "link", "set", $"far{number}", state);

    private static void Router(IsolatedNetwork network, int number, string subnet, bool dhcp)
    {
        string space = Space(number);
        network.Run("ip", "netns", "add", space);
        network.Run("ip", "link", "add", $"eth{number}", "type", "veth", "peer", "name", $"far{number}", "netns", space);
        foreach (string command in new[]
        {
            $"addr add {subnet}.1/24 dev far{number}", $"addr add {Internet}/32 dev lo", "link set lo up", $"link set far{number} up",
        })
        {
            network.Run("ip", ["-n", space, .. command.Split(' ')]);
        }

        if (dhcp)
        {
            network.Start(
                $"ip netns exec {space} dnsmasq --keep-in-foreground --log-facility=- --conf-file=/dev/null --user=root --port=0 --interface=far{number} "
                + $"--bind-interfaces --log-dhcp --no-ping --dhcp-authoritative --dhcp-leasefile=/run/leases{number} "
                + $"--dhcp-range={subnet}.50,{subnet}.50,255.255.255.0,2m --dhcp-option=option:router,{subnet}.1");
        }
    }
}
