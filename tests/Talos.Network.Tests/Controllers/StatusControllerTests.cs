using System.Net;
using Talos.Network.Controllers;
using Talos.Resources.Network;
using Talos.Testing;

namespace Talos.Network.Tests.Controllers;

public sealed class StatusControllerTests
{
    private readonly FakeKernel _kernel = new();

    [Fact]
    public async Task Links_addresses_and_routes_of_the_kernel_are_reported_and_go_with_it()
    {
        _kernel.Given("eth0");
        _kernel.TheAddresses.Add(new() { LinkIndex = 1, Address = IPAddress.Parse("10.0.2.15"), PrefixLength = 24, Flags = 0x80 });
        _kernel.TheRoutes.Add(new() { Destination = IPAddress.Any, DestinationLength = 0, Gateway = IPAddress.Parse("10.0.2.2"), LinkIndex = 1, Priority = 1024, Protocol = 16 });
        ControllerFixture links = new(new LinkStatusController(_kernel));
        ControllerFixture addresses = new(new AddressStatusController(_kernel));
        ControllerFixture routes = new(new RouteStatusController(_kernel));

        await links.SettleAsync();
        await addresses.SettleAsync();
        await routes.SettleAsync();

        LinkStatus link = links.Find<LinkStatus>("eth0")!.Spec;
        Assert.Equal(("ether", "up", "52:54:00:00:00:01", true, "virtio_net"), (link.Type, link.OperationalState, link.HardwareAddr, link.Physical, link.Driver));
        AddressStatus address = addresses.Find<AddressStatus>("eth0/10.0.2.15/24")!.Spec;
        Assert.Equal(("global", "permanent", "eth0"), (address.Scope, address.Flags, address.LinkName));
        RouteStatus route = routes.Find<RouteStatus>("inet4/10.0.2.2//1024")!.Spec;
        Assert.Equal(("main", "dhcp", "eth0"), (route.Table, route.Protocol, route.OutLinkName));

        _kernel.TheAddresses.Clear();
        await addresses.SettleAsync();
        Assert.Empty(addresses.List<AddressStatus>());
    }

    [Fact]
    public async Task The_default_address_stays_while_the_node_has_it()
    {
        ControllerFixture node = new(new NodeAddressController());
        node.Given("eth0/10.0.0.7/24", Address("10.0.0.7/24"));
        await node.SettleAsync();
        node.Given("eth0/10.0.0.5/24", Address("10.0.0.5/24"));
        await node.SettleAsync();

        Assert.Equal("[10.0.0.7/24]", node.Find<NodeAddress>("default")?.Spec.Addresses.ToString());
        Assert.Equal("[10.0.0.5/24, 10.0.0.7/24]", node.Find<NodeAddress>("current")?.Spec.Addresses.ToString());

        node.Gone<AddressStatus>("eth0/10.0.0.7/24");
        await node.SettleAsync();
        Assert.Equal("[10.0.0.5/24]", node.Find<NodeAddress>("default")?.Spec.Addresses.ToString());
    }

    [Fact]
    public async Task Addresses_of_containers_and_of_the_link_alone_are_not_the_nodes()
    {
        ControllerFixture node = new(new NodeAddressController());
        node.Given("cni0", new LinkStatus { Index = 5, Type = "ether", Kind = "bridge" });
        node.Given("cni0/10.244.0.1/24", Address("10.244.0.1/24") with { LinkName = "cni0" });
        node.Given("eth0/fe80::1/64", Address("fe80::1/64") with { Scope = "link" });
        node.Given("eth0/fd00::1/64", Address("fd00::1/64") with { Flags = "tentative" });

        await node.SettleAsync();

        Assert.Empty(node.List<NodeAddress>());
    }

    [Fact]
    public async Task A_node_for_which_no_default_route_is_wanted_gets_ready()
    {
        ControllerFixture node = new(new NetworkStatusController());
        node.Given("current", new NodeAddress { Addresses = [IPPrefix.Parse("10.0.0.5/24")] });
        node.Given("files", new EtcFilesStatus());

        await node.SettleAsync();

        Assert.Equal(
            new NetworkStatus { AddressReady = true, ConnectivityReady = true, HostnameReady = true, EtcFilesReady = true },
            node.Find<NetworkStatus>("status")?.Spec);
    }

    [Fact]
    public async Task A_node_that_wants_a_default_route_waits_for_it()
    {
        ControllerFixture node = new(new NetworkStatusController());
        RouteSpec wanted = new() { Family = IPFamily.Inet4, Gateway = IPAddress.Parse("10.0.0.1"), OutLinkName = "eth0" };
        node.Given("current", new NodeAddress { Addresses = [IPPrefix.Parse("10.0.0.5/24")] });
        node.Given(wanted.MergedId, wanted);
        await node.SettleAsync();
        Assert.False(node.Find<NetworkStatus>("status")?.Spec.ConnectivityReady);

        node.Given(wanted.MergedId, new RouteStatus { Family = IPFamily.Inet4, Table = "main" });
        await node.SettleAsync();
        Assert.True(node.Find<NetworkStatus>("status")?.Spec.ConnectivityReady);
    }

    private static AddressStatus Address(string address) =>
        new() { Address = IPPrefix.Parse(address), LinkIndex = 2, LinkName = "eth0", Scope = "global", Flags = "permanent" };
}
