using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Talos.Network.Controllers;
using Talos.Resources.Network;
using Talos.Testing;

namespace Talos.Network.Tests.Controllers;

public sealed class SpecControllerTests
{
    private readonly FakeKernel _kernel = new();

    [Fact]
    public async Task A_link_is_brought_up_with_its_MTU_once()
    {
        _kernel.Given("eth0", up: false);
        ControllerFixture node = new(new LinkSpecController(_kernel, NullLogger<LinkSpecController>.Instance));
        node.Given("eth0", new LinkSpec { Name = "eth0", Mtu = 9000 });

        await node.SettleAsync();
        await node.SettleAsync();

        Assert.Equal(["eth0 mtu 9000", "eth0 accepts routers", "eth0 up"], _kernel.Changes);
    }

    [Fact]
    public async Task A_VLAN_waits_for_its_parent_and_goes_with_its_spec()
    {
        ControllerFixture node = new(new LinkSpecController(_kernel, NullLogger<LinkSpecController>.Instance));
        node.Given("eth0.5", new LinkSpec { Name = "eth0.5", Logical = true, Kind = "vlan", ParentName = "eth0", Vlan = new VlanSpec(5) });

        await node.SettleAsync();
        Assert.Empty(_kernel.Changes);

        _kernel.Given("eth0");
        await node.SettleAsync();
        node.TearDown<LinkSpec>("eth0.5");
        await node.SettleAsync();

        Assert.Equal(["create vlan eth0.5", "eth0.5 up", "delete eth0.5"], _kernel.Changes);
        Assert.False(node.IsHeld<LinkSpec>("eth0.5"));
    }

    [Fact]
    public async Task An_address_is_added_announced_and_removed_with_its_spec()
    {
        _kernel.Given("eth0");
        ControllerFixture node = new(new AddressSpecController(_kernel, NullLogger<AddressSpecController>.Instance));
        node.Given("a", new AddressSpec { Address = IPPrefix.Parse("10.0.0.5/24"), LinkName = "eth0", AnnounceWithArp = true });

        await node.SettleAsync();
        await node.SettleAsync();
        node.TearDown<AddressSpec>("a");
        await node.SettleAsync();

        Assert.Equal(["add 10.0.0.5/24", "announce 10.0.0.5", "remove 10.0.0.5/24"], _kernel.Changes);
        Assert.False(node.IsHeld<AddressSpec>("a"));
    }

    [Fact]
    public async Task An_address_waits_until_its_link_is_up()
    {
        _kernel.Given("eth0", up: false);
        ControllerFixture node = new(new AddressSpecController(_kernel, NullLogger<AddressSpecController>.Instance));
        node.Given("a", new AddressSpec { Address = IPPrefix.Parse("10.0.0.5/24"), LinkName = "eth0" });

        await node.SettleAsync();

        Assert.Empty(_kernel.Changes);
    }

    [Fact]
    public async Task A_route_waits_for_the_address_that_reaches_its_gateway()
    {
        _kernel.Given("eth0");
        ControllerFixture node = new(new RouteSpecController(_kernel, NullLogger<RouteSpecController>.Instance));
        node.Given("r", new RouteSpec { Family = IPFamily.Inet4, Gateway = IPAddress.Parse("10.0.0.1"), OutLinkName = "eth0" });

        await node.SettleAsync();
        Assert.Empty(_kernel.Changes);
        Assert.NotNull(node.RequeueDelay);

        _kernel.TheAddresses.Add(new() { LinkIndex = 1, Address = IPAddress.Parse("10.0.0.5"), PrefixLength = 24 });
        await node.SettleAsync();
        await node.SettleAsync();
        node.TearDown<RouteSpec>("r");
        await node.SettleAsync();

        Assert.Equal(["route 0.0.0.0/0 via 10.0.0.1", "no route 0.0.0.0/0 via 10.0.0.1"], _kernel.Changes);
    }

    [Fact]
    public async Task The_default_route_goes_with_the_carrier_and_comes_back_with_it()
    {
        _kernel.Given("eth0");
        _kernel.TheAddresses.Add(new() { LinkIndex = 1, Address = IPAddress.Parse("10.0.0.5"), PrefixLength = 24 });
        ControllerFixture node = new(new RouteSpecController(_kernel, NullLogger<RouteSpecController>.Instance));
        node.Given("r", new RouteSpec { Family = IPFamily.Inet4, Gateway = IPAddress.Parse("10.0.0.1"), OutLinkName = "eth0" });
        await node.SettleAsync();

        _kernel.Plug("eth0", carrier: false);
        await node.SettleAsync();
        await node.SettleAsync();
        _kernel.Plug("eth0", carrier: true);
        await node.SettleAsync();

        Assert.Equal(
            ["route 0.0.0.0/0 via 10.0.0.1", "no route 0.0.0.0/0 via 10.0.0.1", "route 0.0.0.0/0 via 10.0.0.1"], _kernel.Changes);
    }

    [Fact]
    public async Task A_route_that_the_kernel_removed_already_is_done_with()
    {
        _kernel.Given("eth0");
        _kernel.TheAddresses.Add(new() { LinkIndex = 1, Address = IPAddress.Parse("10.0.0.5"), PrefixLength = 24 });
        _kernel.GoesBeforeRemoval = true;
        ControllerFixture node = new(new RouteSpecController(_kernel, NullLogger<RouteSpecController>.Instance));
        node.Given("r", new RouteSpec { Family = IPFamily.Inet4, Gateway = IPAddress.Parse("10.0.0.1"), OutLinkName = "eth0" });
        await node.SettleAsync();

        node.TearDown<RouteSpec>("r");
        await node.SettleAsync();

        Assert.False(node.IsHeld<RouteSpec>("r"));
    }

    [Fact]
    public async Task A_metric_changes_while_the_default_route_stays()
    {
        _kernel.Given("eth0");
        _kernel.TheAddresses.Add(new() { LinkIndex = 1, Address = IPAddress.Parse("10.0.0.5"), PrefixLength = 24 });
        RouteSpec former = new() { Family = IPFamily.Inet4, Gateway = IPAddress.Parse("10.0.0.1"), OutLinkName = "eth0" };
        ControllerFixture node = new(new RouteSpecController(_kernel, NullLogger<RouteSpecController>.Instance));
        node.Given("a", former);
        await node.SettleAsync();

        node.TearDown<RouteSpec>("a");
        node.Given("b", former with { Priority = 1025 });
        node.Given("c", former with { Gateway = IPAddress.Parse("10.0.0.2") });
        await node.SettleAsync();

        Assert.Equal(["10.0.0.2 1024", "10.0.0.1 1025"], _kernel.TheRoutes.OrderBy(r => r.Priority).Select(r => $"{r.Gateway} {r.Priority}"));
        Assert.All(_kernel.Changes[1..], change => Assert.False(change.StartsWith("no route", StringComparison.Ordinal) && _kernel.TheRoutes.Count == 0));
    }

    [Fact]
    public async Task A_wanted_hostname_is_set_in_the_kernel_once_and_reported()
    {
        FakeNodeFiles files = new();
        ControllerFixture node = new(new HostnameController(files, NullLogger<HostnameController>.Instance));
        node.Given("hostname", new HostnameSpec { Hostname = "edge-01" });

        await node.SettleAsync();
        await node.SettleAsync();

        Assert.Equal("edge-01", files.Hostname);
        Assert.Equal(1, files.HostnameWrites);
        Assert.Equal("edge-01", node.Find<HostnameStatus>("hostname")?.Spec.Hostname);
    }

    [Fact]
    public async Task A_hostname_torn_down_takes_its_status_along_and_lets_go_of_the_spec()
    {
        ControllerFixture node = new(new HostnameController(new FakeNodeFiles(), NullLogger<HostnameController>.Instance));
        node.Given("hostname", new HostnameSpec { Hostname = "edge-01" });
        await node.SettleAsync();

        node.TearDown<HostnameSpec>("hostname");
        await node.SettleAsync();

        Assert.Null(node.Find<HostnameStatus>("hostname"));
        Assert.False(node.IsHeld<HostnameSpec>("hostname"));
    }
}
