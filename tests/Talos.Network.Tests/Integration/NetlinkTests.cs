using System.Net;
using Talos.Linux;
using Talos.Resources.Network;
using Talos.Testing;

namespace Talos.Network.Tests.Integration;

/// <summary>rtnetlink and static configuration on a kernel of our own.</summary>
[Trait("Category", "Integration")]
public sealed class NetlinkTests
{
    [Fact]
    public Task Links_addresses_and_routes_are_made_read_back_and_removed() => IsolatedNetwork.RunAsync(_ =>
    {
        using RouteNetlink netlink = RouteNetlink.Open();
        netlink.CreateLink(new NewLink("near7", "veth") { PeerName = "far7" });
        netlink.CreateLink(new NewLink("br7", "bridge") { BridgeStp = true });
        LinkInfo near = netlink.FindLink("near7")!;
        netlink.CreateLink(new NewLink("ve7", "veth") { PeerName = "ve8" });
        netlink.SetLinkMtu(near.Index, 1400);
        netlink.SetLinkUp(near.Index, up: true);
        netlink.SetLinkUp(netlink.FindLink("far7")!.Index, up: true);
        netlink.SetLinkMaster(netlink.FindLink("ve8")!.Index, netlink.FindLink("br7")!.Index);
        netlink.AddAddress(new AddressInfo { LinkIndex = near.Index, Address = IPAddress.Parse("10.9.0.5"), PrefixLength = 24 });
        netlink.AddAddress(new AddressInfo { LinkIndex = near.Index, Address = IPAddress.Parse("fd00::5"), PrefixLength = 64, Flags = 2 });
        RouteInfo route = new() { Destination = IPAddress.Any, DestinationLength = 0, Gateway = IPAddress.Parse("10.9.0.1"), LinkIndex = near.Index, Priority = 77 };
        netlink.AddRoute(route);
        netlink.AddRoute(route with { Destination = IPAddress.IPv6Any, Gateway = IPAddress.Parse("fd00::1") });
        netlink.AddRoute(route with { Destination = IPAddress.Parse("10.99.0.0"), DestinationLength = 16, Gateway = IPAddress.Parse("172.16.0.1"), Flags = 4 });

        Assert.Equal((1400u, true, "veth"), (netlink.FindLink("near7")!.Mtu, netlink.FindLink("near7")!.IsUp, netlink.FindLink("near7")!.Kind));
        Assert.Equal(("bridge", "veth"), (netlink.FindLink("ve8")!.SlaveKind, netlink.FindLink("ve7")!.Kind));
        Assert.Contains(netlink.Addresses(), a => a.Address.ToString() == "fd00::5" && a.PrefixLength == 64 && a.LinkIndex == near.Index);
        Assert.Contains(netlink.Routes(), r => r is { DestinationLength: 0, Priority: 77, Protocol: 4 } && r.Gateway?.ToString() == "10.9.0.1");
        Assert.Contains(netlink.Routes(), r => r is { DestinationLength: 0, Priority: 77 } && r.Gateway?.ToString() == "fd00::1");
        Assert.Contains(netlink.Routes(), r => r is { DestinationLength: 16, OnLink: true });

        netlink.RemoveRoute(netlink.Routes().First(r => r.Priority == 77 && r.DestinationLength == 16));
        netlink.RemoveAddress(netlink.Addresses().First(a => a.Address.ToString() == "10.9.0.5"));
        netlink.DeleteLink(netlink.FindLink("br7")!.Index);
        Assert.DoesNotContain(netlink.Addresses(), a => a.Address.ToString() == "10.9.0.5");
        Assert.Null(netlink.FindLink("br7"));
        Assert.Equal(Errno.EEXIST, Assert.Throws<LinuxException>(() => netlink.CreateLink(new NewLink("near7", "veth") { PeerName = "far7" })).Error);
        return Task.CompletedTask;
    });

    [Fact]
    public Task A_change_of_the_network_wakes_the_monitor() => IsolatedNetwork.RunAsync(async _ =>
    {
        using RouteNetlink netlink = RouteNetlink.Open();
        using NetlinkMonitor monitor = NetlinkMonitor.Open(NetlinkGroups.Links | NetlinkGroups.IPv4Addresses);
        Task waiting = monitor.WaitAsync(TestContext.Current.CancellationToken);

        netlink.CreateLink(new NewLink("near7", "veth") { PeerName = "far7" });

        await waiting.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
    });

    [Fact]
    public Task A_static_config_without_a_default_route_gets_ready_and_leaves_nothing_behind() => IsolatedNetwork.RunAsync(async network =>
    {
        network.Run("ip", "link", "add", "eth9", "type", "veth", "peer", "name", "far9");
        network.Run("ip", "link", "set", "far9", "up");
        await using NetworkNode node = new();
        node.Configure("""
            apiVersion: v1alpha1
            kind: LinkConfig
            name: eth9
            mtu: 1300
            addresses:
              - address: 10.50.0.5/24
              - address: fd50::5/64
            routes:
              - destination: 10.60.0.0/16
                gateway: 10.50.0.1
                metric: 55
            ---
            apiVersion: v1alpha1
            kind: HostnameConfig
            hostname: edge-50
            auto: off
            """);

        await node.UntilAsync("ready", () => node.Find<NetworkStatus>("status") is { AddressReady: true, ConnectivityReady: true, HostnameReady: true, EtcFilesReady: true });
        await node.UntilAsync("route", () => node.Ids<RouteStatus>().Contains("inet4/10.50.0.1/10.60.0.0/16/55"));
        await node.UntilAsync("IPv6", () => node.Find<NodeAddress>("current")?.Addresses.ToString() == "[10.50.0.5/24, fd50::5/64]");
        await node.UntilAsync("loopback", () => node.Ids<AddressStatus>().Contains("lo/127.0.0.1/8"));
        Assert.Equal("edge-50", node.Files.Hostname);
        Assert.Equal(1300u, node.Find<LinkStatus>("eth9")?.Mtu);

        node.Configure("apiVersion: v1alpha1\nkind: LinkConfig\nname: eth9\naddresses:\n  - address: 10.50.0.6/24\n");
        await node.UntilAsync("new address", () => node.Ids<AddressStatus>().Contains("eth9/10.50.0.6/24"));
        await node.UntilAsync("old address gone", () => !node.Ids<AddressStatus>().Contains("eth9/10.50.0.5/24"));
        await node.UntilAsync("old route gone", () => !node.Ids<RouteStatus>().Any(id => id.Contains("10.60.0.0", StringComparison.Ordinal)));
        await node.UntilAsync("stable name", () => node.Files.Hostname.StartsWith("talos-", StringComparison.Ordinal));
    });
}
