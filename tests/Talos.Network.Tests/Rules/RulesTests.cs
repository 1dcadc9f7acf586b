using System.Net;
using CsCheck;
using Talos.Config;
using Talos.Network.Dhcp;
using Talos.Network.Rules;
using Talos.Network.Tests.Dhcp;
using Talos.Resources.Network;

namespace Talos.Network.Tests.Rules;

public sealed class RulesTests
{
    private static readonly Dictionary<string, LinkStatus> Links = new()
    {
        ["eth0"] = new LinkStatus { Index = 2, Type = "ether", Physical = true, HardwareAddr = "52:54:00:00:00:01" },
        ["eth1"] = new LinkStatus { Index = 3, Type = "ether", Physical = true, HardwareAddr = "52:54:00:00:00:02", Driver = "virtio_net" },
        ["lo"] = new LinkStatus { Index = 1, Type = "loopback" },
        ["cni0"] = new LinkStatus { Index = 4, Type = "ether", Kind = "bridge" },
    };

    [Fact]
    public void Every_Ethernet_device_that_nobody_claims_gets_DHCP()
    {
        NetworkPlan plan = DefaultRules.Plan(Links, new HashSet<string> { "eth1" }, new HashSet<string>(), "talos-abcde");

        Assert.Equal(["eth0"], plan.Operators.Select(o => o.LinkName));
        Assert.Equal(["lo", "eth0"], plan.Links.Select(l => l.Name));
        Assert.Equal("talos-abcde", plan.Hostname?.Hostname);
    }

    [Fact]
    public void The_same_hardware_always_has_the_same_name_and_another_has_another()
    {
        Assert.Equal(HostnameRules.Stable("a"), HostnameRules.Stable("a"));
        Assert.NotEqual(HostnameRules.Stable("a"), HostnameRules.Stable("b"));
        Gen.String.Sample(identity => Assert.True(HostnameRules.IsLabel(HostnameRules.Stable(identity))));
    }

    [Theory]
    [InlineData("edge-01.example.org", "edge-01")]
    [InlineData("EDGE", "edge")]
    [InlineData("-x", "")]
    [InlineData("a b", "")]
    [InlineData("localhost", "")]
    [InlineData("", "")]
    public void Of_a_name_given_by_others_only_a_valid_label_is_taken(string name, string label) =>
        Assert.Equal(label, HostnameRules.FirstLabel(name));

    [Fact]
    public void The_command_line_gives_a_static_address_with_everything_about_it()
    {
        NetworkPlan plan = CmdlineRules.Plan("quiet ip=10.0.0.5::10.0.0.1:255.255.255.0:edge:eth0:off:9.9.9.9::10.0.0.3", Links);

        Assert.Equal("eth0/10.0.0.5/24", plan.Addresses.Single().MergedId);
        Assert.Equal("inet4/10.0.0.1//1024", plan.Routes.Single().MergedId);
        Assert.Equal("edge", plan.Hostname?.Hostname);
        Assert.Equal("[9.9.9.9]", plan.Resolvers?.DnsServers.ToString());
        Assert.Equal("[10.0.0.3]", plan.TimeServers?.TimeServers.ToString());
        Assert.Equal(["eth0"], plan.ClaimedLinks);
    }

    [Theory]
    [InlineData("ip=192.168.001.010::10.0.0.1:24::eth0:off", "192.168.001.010", 0)]
    [InlineData("ip=10.0.0.5::10.0.0.0x1:24::eth0:off", "10.0.0.0x1", 1)]
    [InlineData("ip=10.0.0.5::10.0.0.1:24::eth0:off:010.9.9.9", "010.9.9.9", 1)]
    [InlineData("ip=10.0.0.5::10.0.0.1:24::eth0:off:::10.1", "10.1", 1)]
    public void An_address_of_the_command_line_that_programs_read_differently_is_passed_over_and_named(string cmdline, string wrong, int addresses)
    {
        NetworkPlan plan = CmdlineRules.Plan(cmdline, Links);

        Assert.Contains($"'{wrong}' is not an IP address", Assert.Single(plan.Problems), StringComparison.Ordinal);
        Assert.Equal(addresses, plan.Addresses.Count);
        Assert.Null(plan.Resolvers);
        Assert.Null(plan.TimeServers);
    }

    [Fact]
    public void Each_ip_of_the_command_line_has_a_metric_of_its_own()
    {
        NetworkPlan plan = CmdlineRules.Plan("ip=10.0.0.5::10.0.0.1:24::eth0:off ip=10.0.1.5::10.0.1.1:24::eth1:off", Links);

        Assert.Equal([1024u, 1025u], plan.Routes.Select(r => r.Priority));
        Assert.Empty(plan.Problems);
    }

    [Theory]
    [InlineData("0.0.0.0/0", "fe80::1", IPFamily.Inet4)]
    [InlineData("10.9.0.0/16", "fd00::1", IPFamily.Inet4)]
    [InlineData(null, "fe80::1", IPFamily.Inet6)]
    [InlineData(null, "10.0.0.1", IPFamily.Inet4)]
    [InlineData("::/0", "fe80::1", IPFamily.Inet6)]
    public void The_family_of_a_route_is_that_of_its_destination(string? destination, string gateway, IPFamily family)
    {
        MachineConfiguration config = new()
        {
            Yaml = "",
            Network = new NetworkConfiguration
            {
                Links =
                [
                    new LinkConfiguration
                    {
                        Name = "eth0",
                        Routes = [new LinkRoute { Destination = destination is null ? null : IPNetwork.Parse(destination), Gateway = IPAddress.Parse(gateway) }],
                    },
                ],
            },
        };

        RouteSpec route = ConfigurationRules.Plan(config, Links).Routes.Single();

        Assert.Equal((family, destination is null or "0.0.0.0/0" or "::/0"), (route.Family, route.Destination is null));
    }

    [Fact]
    public void Any_command_line_is_read_without_an_exception() =>
        Gen.String.Sample(text => CmdlineRules.Plan($"ip={text}", Links));

    [Fact]
    public void A_config_gives_addresses_routes_names_and_servers()
    {
        MachineConfiguration config = new()
        {
            Yaml = "",
            Network = new NetworkConfiguration
            {
                Hostname = "edge-01.example.org",
                Nameservers = [IPAddress.Parse("9.9.9.9")],
                Links =
                [
                    new LinkConfiguration
                    {
                        Name = "eth0",
                        Mtu = 1400,
                        Addresses = [new LinkAddress(IPAddress.Parse("10.0.0.5"), 24, null), new LinkAddress(IPAddress.Parse("fd00::5"), 64, null)],
                        Routes = [new LinkRoute { Gateway = IPAddress.Parse("10.0.0.1"), Metric = 100 }],
                    },
                    new LinkConfiguration { Selector = new LinkSelector { Driver = "virtio*" }, Dhcp4 = new DhcpConfiguration { IgnoreRoutes = true } },
                ],
            },
            Time = new TimeConfiguration { Servers = ["ntp.example.org"] },
        };

        NetworkPlan plan = ConfigurationRules.Plan(config, Links);

        Assert.Equal(["eth0/10.0.0.5/24", "eth0/fd00::5/64"], plan.Addresses.Select(a => a.MergedId));
        Assert.Equal("inet4/10.0.0.1//100", plan.Routes.Single().MergedId);
        Assert.False(plan.Routes.Single().OnLink);
        Assert.Equal(("eth1", true), (plan.Operators.Single().LinkName, plan.Operators.Single().Dhcp4.SkipRoutes));
        Assert.Equal(("edge-01", "example.org"), (plan.Hostname?.Hostname, plan.Hostname?.Domainname));
        Assert.Equal(1400u, plan.Links[0].Mtu);
        Assert.Equal("[ntp.example.org]", plan.TimeServers?.TimeServers.ToString());
        Assert.Equal(["eth0", "eth1"], plan.ClaimedLinks);
    }

    [Fact]
    public void A_lease_brings_address_default_route_servers_and_name()
    {
        DhcpLease lease = DhcpLeaseReader.Read(Wire.Reply(
            DhcpMessageType.Ack,
            1,
            "10.0.0.9",
            (DhcpOption.Router, [10, 0, 0, 1]),
            (DhcpOption.DnsServer, [10, 0, 0, 1, 9, 9, 9, 9]),
            (DhcpOption.NtpServers, [10, 0, 0, 3]),
            (DhcpOption.Hostname, "edge"u8.ToArray()),
            (DhcpOption.DomainName, "example.org"u8.ToArray()),
            (DhcpOption.InterfaceMtu, [0x05, 0x78])))!;

        NetworkPlan plan = LeaseRules.Plan(lease, new OperatorSpec { LinkName = "eth0" });

        Assert.Equal("eth0/10.0.0.9/24", plan.Addresses.Single().MergedId);
        Assert.Equal("inet4/10.0.0.1//1024", plan.Routes.Single().MergedId);
        Assert.Equal("[10.0.0.1, 9.9.9.9]", plan.Resolvers?.DnsServers.ToString());
        Assert.Equal("[example.org]", plan.Resolvers?.SearchDomains.ToString());
        Assert.Equal("[10.0.0.3]", plan.TimeServers?.TimeServers.ToString());
        Assert.Equal("edge", plan.Hostname?.Hostname);
        Assert.Equal(1400u, plan.Links.Single().Mtu);
    }

    [Fact]
    public void Classless_routes_take_the_place_of_the_router()
    {
        DhcpLease lease = DhcpLeaseReader.Read(Wire.Reply(
            DhcpMessageType.Ack, 1, "10.0.0.9", (DhcpOption.Router, [10, 0, 0, 1]), (DhcpOption.ClasslessRoutes, [0, 10, 0, 1, 254])))!;

        RouteSpec route = LeaseRules.Plan(lease, new OperatorSpec { LinkName = "eth0" }).Routes.Single();

        Assert.Equal("10.0.1.254", route.Gateway?.ToString());
        Assert.True(route.OnLink);
    }

    [Fact]
    public void A_higher_layer_overrides_only_what_it_sets()
    {
        LinkSpec merged = MergeRules.Link(
        [
            new LinkSpec { Name = "eth0", Mtu = 1400, Layer = ConfigLayer.Operator },
            new LinkSpec { Name = "eth0", Up = false, Layer = ConfigLayer.Configuration },
        ]);
        ResolverSpec resolvers = MergeRules.Resolvers(
        [
            new ResolverSpec { DnsServers = ["1.1.1.1"], Layer = ConfigLayer.Default },
            new ResolverSpec { DnsServers = ["10.0.0.1"], SearchDomains = ["a"], Layer = ConfigLayer.Operator },
            new ResolverSpec { DnsServers = ["10.0.0.2", "10.0.0.1"], Layer = ConfigLayer.Operator },
            new ResolverSpec { SearchDomains = ["b"], Layer = ConfigLayer.Configuration },
        ]);

        Assert.Equal((1400u, false), (merged.Mtu, merged.Up));
        Assert.Equal("[10.0.0.1, 10.0.0.2]", resolvers.DnsServers.ToString());
        Assert.Equal("[b]", resolvers.SearchDomains.ToString());
    }

    [Fact]
    public void The_files_name_the_node_and_its_servers()
    {
        HostnameStatus name = new() { Hostname = "edge", Domainname = "example.org" };

        string hosts = EtcFiles.Hosts(name, IPAddress.Parse("10.0.0.5"), [new StaticHost(IPAddress.Parse("10.0.0.9"), ["db", "db.lan"])]);
        string resolv = EtcFiles.ResolvConf(new ResolverStatus { DnsServers = ["1.1.1.1", "2.2.2.2", "3.3.3.3", "4.4.4.4"] }, "example.org");

        Assert.Contains("10.0.0.5 edge.example.org edge\n", hosts, StringComparison.Ordinal);
        Assert.Contains("10.0.0.9 db db.lan\n", hosts, StringComparison.Ordinal);
        Assert.Equal("nameserver 1.1.1.1\nnameserver 2.2.2.2\nnameserver 3.3.3.3\nsearch example.org\n", resolv);
    }

    [Fact]
    public void A_prefix_is_read_as_it_is_written()
    {
        Gen.Select(Gen.Byte.Array[4], Gen.Int[0, 32]).Sample((bytes, length) =>
        {
            IPPrefix prefix = new(new IPAddress(bytes), length);

            Assert.Equal(prefix, IPPrefix.Parse(prefix.ToString()));
            Assert.True(prefix.Network.Contains(prefix.Address));
            Assert.Equal(prefix.Network, prefix.Network.Network);
        });
    }
}
