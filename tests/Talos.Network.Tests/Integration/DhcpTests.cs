using Talos.Resources.Network;
using Talos.Testing;

namespace Talos.Network.Tests.Integration;

/// <summary>The room against dnsmasq, over a pair of veth links in namespaces of their own.</summary>
[Trait("Category", "Integration")]
public sealed class DhcpTests
{
    private const string DhcpConfig = """
        apiVersion: v1alpha1
        kind: LinkConfig
        name: eth9
        ---
        apiVersion: v1alpha1
        kind: DHCPv4Config
        name: eth9
        """;

    [Fact]
    public Task A_lease_brings_address_route_names_and_servers_and_the_network_is_ready() => IsolatedNetwork.RunAsync(async network =>
    {
        Connect(network);
        Serve(network, "10.77.0.50,10.77.0.50", "--dhcp-option=option:ntp-server,10.77.0.3 --dhcp-option=option:mtu,1400 --domain=example.org --dhcp-host=id:*,edge-77");
        await using NetworkNode node = new();
        node.Configure(DhcpConfig);

        await node.UntilAsync("ready", () => node.Find<NetworkStatus>("status") is { AddressReady: true, ConnectivityReady: true, HostnameReady: true, EtcFilesReady: true });

        Assert.Contains("eth9/10.77.0.50/24", node.Ids<AddressStatus>());
        Assert.Contains("inet4/10.77.0.1//1024", node.Ids<RouteStatus>());
        await node.UntilAsync("servers", () => node.Find<TimeServerStatus>("timeservers")?.TimeServers.ToString() == "[10.77.0.3]");
        await node.UntilAsync("resolv.conf", () => node.Files.Etc.GetValueOrDefault("resolv.conf") == "nameserver 10.77.0.1\nsearch example.org\n");
        await node.UntilAsync("MTU", () => node.Find<LinkStatus>("eth9")?.Mtu == 1400);
        Assert.Equal("[10.77.0.50/24]", node.Find<NodeAddress>("default")?.Addresses.ToString());
    });

    [Fact]
    public Task A_lease_is_renewed_at_its_time() => IsolatedNetwork.RunAsync(async network =>
    {
        Connect(network);
        IsolatedNetwork.Server server = Serve(network, "10.77.0.50,10.77.0.50", "--dhcp-option=58,3 --dhcp-option=59,90");
        await using NetworkNode node = new();
        node.Configure(DhcpConfig);

        await node.UntilAsync($"two renewals", () => server.Count("DHCPACK") >= 3);

        Assert.Equal(1, server.Count("DHCPDISCOVER"));
        Assert.Contains("eth9/10.77.0.50/24", node.Ids<AddressStatus>());
    });

    [Fact]
    public Task A_refused_lease_is_given_up_for_one_of_the_new_network() => IsolatedNetwork.RunAsync(async network =>
    {
        Connect(network);
        IsolatedNetwork.Server old = Serve(network, "10.77.0.50,10.77.0.50", "--dhcp-option=58,3 --dhcp-option=59,90");
        await using NetworkNode node = new();
        node.Configure(DhcpConfig);
        await node.UntilAsync("first lease", () => node.Ids<AddressStatus>().Contains("eth9/10.77.0.50/24"));

        old.Stop();
        Serve(network, "10.77.0.60,10.77.0.60", "");

        await node.UntilAsync("second lease", () => node.Ids<AddressStatus>().Contains("eth9/10.77.0.60/24"));
        await node.UntilAsync("first address gone", () => !node.Ids<AddressStatus>().Contains("eth9/10.77.0.50/24"));
        Assert.Contains("10.77.0.1 refused 10.77.0.50", node.Log, StringComparison.Ordinal);
    });

    [Fact]
    public Task A_server_that_comes_late_is_heard() => IsolatedNetwork.RunAsync(async network =>
    {
        Connect(network);
        await using NetworkNode node = new();
        node.Configure(DhcpConfig);
        await node.UntilAsync("asked in vain", () => node.Log.Contains("DHCP started", StringComparison.Ordinal));
        await Task.Delay(TimeSpan.FromSeconds(3), TestContext.Current.CancellationToken);
        Assert.False(node.Find<NetworkStatus>("status")?.AddressReady);

        Serve(network, "10.77.0.50,10.77.0.50", "");

        await node.UntilAsync("lease", () => node.Ids<AddressStatus>().Contains("eth9/10.77.0.50/24"));
    });

    [Fact]
    public Task An_address_in_use_is_declined_and_another_taken() => IsolatedNetwork.RunAsync(async network =>
    {
        Connect(network);
        network.RunInPeer("ip link add dup0 type veth peer name dup1");
        network.RunInPeer("ip addr add 10.77.0.50/32 dev dup0");
        network.RunInPeer("ip link set dup0 up");
        network.RunInPeer("ip link set dup1 up");
        IsolatedNetwork.Server server = Serve(network, "10.77.0.50,10.77.0.51", "--dhcp-sequential-ip");
        await using NetworkNode node = new();
        node.Configure(DhcpConfig);

        await node.UntilAsync($"lease", () => node.Ids<AddressStatus>().Contains("eth9/10.77.0.51/24"));

        Assert.Contains("DHCPDECLINE", server.Log, StringComparison.Ordinal);
    });

    [Fact]
    public Task After_the_link_was_down_the_lease_is_confirmed_anew() => IsolatedNetwork.RunAsync(async network =>
    {
        Connect(network);
        IsolatedNetwork.Server server = Serve(network, "10.77.0.50,10.77.0.50", "");
        await using NetworkNode node = new();
        node.Configure(DhcpConfig);
        await node.UntilAsync("lease", () => node.Find<NetworkStatus>("status") is { ConnectivityReady: true });

        network.RunInPeer("ip link set srv0 down");
        await node.UntilAsync("link down", () => node.Find<LinkStatus>("eth9")?.LinkState is false);
        network.RunInPeer("ip link set srv0 up");

        await node.UntilAsync("confirmed", () => server.Count("DHCPACK") >= 2);
        Assert.Equal(1, server.Count("DHCPDISCOVER"));
        await node.UntilAsync("ready", () => node.Find<NetworkStatus>("status") is { ConnectivityReady: true });
    });

    private static void Connect(IsolatedNetwork network)
    {
        network.Run("ip", "link", "add", "eth9", "type", "veth", "peer", "name", "srv0", "netns", IsolatedNetwork.Peer);
        network.RunInPeer("ip addr add 10.77.0.1/24 dev srv0");
        network.RunInPeer("ip link set srv0 up");
    }

    private static IsolatedNetwork.Server Serve(IsolatedNetwork network, string range, string options) =>
        network.StartInPeer(
            $"dnsmasq --keep-in-foreground --log-facility=- --conf-file=/dev/null --user=root --port=0 --interface=srv0 --bind-interfaces --log-dhcp --no-ping "
            + $"--dhcp-authoritative --dhcp-leasefile=/run/leases-{Guid.NewGuid():N} --dhcp-range={range},255.255.255.0,2m "
            + $"--dhcp-option=option:router,10.77.0.1 --dhcp-option=option:dns-server,10.77.0.1 {options}".TrimEnd());
}
