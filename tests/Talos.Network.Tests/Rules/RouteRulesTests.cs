using System.Net;
using CsCheck;
using Talos.Linux;
using Talos.Network.Rules;
using Talos.Resources.Network;

namespace Talos.Network.Tests.Rules;

public sealed class RouteRulesTests
{
    private static readonly LinkInfo Eth0 = new() { Name = "eth0", Index = 2, Flags = 1, Carrier = true };

    private static readonly Gen<RouteSpec> Specs = Gen.Select(
        Gen.Int[0, 3], Gen.Int[0, 3], Gen.Int[0, 2], Gen.Int[0, 4].Select(i => new[] { 0u, 100u, 1024u, 1025u, 4_000_000_000u }[i]), Gen.Enum<ConfigLayer>(), Gen.Bool,
        (link, gateway, destination, metric, layer, v6) => new RouteSpec
        {
            Family = v6 ? IPFamily.Inet6 : IPFamily.Inet4,
            OutLinkName = $"eth{(link * 5) + 1}",
            Gateway = IPAddress.Parse(v6 ? $"fe80::{gateway}" : $"10.0.0.{gateway}"),
            Destination = destination == 0 ? null : IPPrefix.Parse(v6 ? $"fd0{destination}::/16" : $"10.{destination}.0.0/16"),
            Priority = metric,
            Layer = layer,
        });

    [Fact]
    public void No_two_routes_share_a_key_whatever_is_given_and_the_order_of_what_is_given_does_not_matter() =>
        Gen.Select(Specs.Array[0, 12], Gen.Int).Sample((specs, seed) =>
        {
            RouteSpec[] other = [.. specs];
            new Random(seed).Shuffle(other);
            List<RouteSpec> arranged = [.. MergeRules.Routes([.. specs.OrderBy(s => s.Layer)])];

            Assert.Equal(
                arranged.Where(r => r.Priority < uint.MaxValue).Count(),
                arranged.Where(r => r.Priority < uint.MaxValue).Select(r => (r.Table, r.Family, r.Destination, r.Priority)).Distinct().Count());
            Assert.Equal(
                arranged.Select(r => $"{r.MergedId} {r.OutLinkName}").Order(StringComparer.Ordinal),
                MergeRules.Routes([.. other.OrderBy(s => s.Layer)]).Select(r => $"{r.MergedId} {r.OutLinkName}").Order(StringComparer.Ordinal));
            Assert.All(arranged, r => Assert.Contains(specs, s => s.Priority <= r.Priority && s.OutLinkName == r.OutLinkName && s.Gateway!.Equals(r.Gateway)));
        });

    [Fact]
    public void Of_one_metric_the_higher_layer_wins_then_the_link_that_comes_first()
    {
        RouteSpec Route(string link, ConfigLayer layer, uint metric = 1024) =>
            new() { Family = IPFamily.Inet4, Gateway = IPAddress.Parse("192.168.1.1"), OutLinkName = link, Layer = layer, Priority = metric };

        Assert.Equal(
            ["eth7 100", "eth9 1024", "eth2 1025", "eth10 1026", "eth3 2000"],
            MergeRules.Routes(
            [
                Route("eth10", ConfigLayer.Operator), Route("eth2", ConfigLayer.Operator), Route("eth3", ConfigLayer.Configuration, 2000),
                Route("eth9", ConfigLayer.Configuration), Route("eth7", ConfigLayer.Configuration, 100),
            ]).Select(r => $"{r.OutLinkName} {r.Priority}"));
    }

    [Theory]
    [InlineData("not there", "Wait")]
    [InlineData("down", "Wait")]
    [InlineData("no carrier", "Done")]
    [InlineData("no carrier, set", "Remove")]
    [InlineData("free", "Add Refuse")]
    [InlineData("set", "Done")]
    [InlineData("other gateway of ours", "Add Replace")]
    [InlineData("other source", "Add Replace")]
    [InlineData("other link", "Wait")]
    [InlineData("several next hops", "Wait")]
    [InlineData("router advertisement, other link", "Add Append")]
    [InlineData("router advertisement, this link", "Add Append")]
    [InlineData("kernel's", "Wait")]
    [InlineData("other metric", "Add Refuse")]
    [InlineData("other table", "Add Refuse")]
    [InlineData("other family", "Add Refuse")]
    public void A_route_never_takes_the_place_of_one_that_is_not_its_links(string present, string step)
    {
        RouteSpec wanted = new() { Family = IPFamily.Inet4, Gateway = IPAddress.Parse("10.0.0.1"), OutLinkName = "eth0", Source = IPAddress.Parse("10.0.0.5") };
        RouteInfo set = RouteRules.Info(wanted, Eth0);
        LinkInfo? link = present switch
        {
            "not there" => null,
            "down" => Eth0 with { Flags = 0 },
            "no carrier" or "no carrier, set" => Eth0 with { Carrier = false },
            _ => Eth0,
        };
        RouteInfo? existing = present switch
        {
            "set" or "no carrier, set" => set,
            "other gateway of ours" => set with { Gateway = IPAddress.Parse("10.0.0.254"), Protocol = 16 },
            "other source" => set with { Source = IPAddress.Parse("10.0.0.6") },
            "other link" => set with { LinkIndex = 3 },
            "several next hops" => set with { LinkIndex = 0, Gateway = null },
            "router advertisement, other link" => set with { LinkIndex = 3, Protocol = 9 },
            "router advertisement, this link" => set with { Gateway = IPAddress.Parse("10.0.0.254"), Protocol = 9 },
            "kernel's" => set with { Gateway = null, Protocol = 2 },
            "other metric" => set with { Priority = 7 },
            "other table" => set with { Table = 100 },
            "other family" => set with { Destination = IPAddress.IPv6Any },
            _ => null,
        };

        RouteStep next = RouteRules.Next(wanted, link, existing is null ? [] : [existing]);

        Assert.Equal(step, next is RouteStep.Add add ? $"Add {add.Conflict}" : next.GetType().Name);
    }

    [Theory]
    [InlineData("10.0.0.0/8")]
    [InlineData("0.0.0.0/1")]
    [InlineData("")]
    public void Without_a_carrier_no_gateway_of_the_link_is_in_force_but_what_is_on_the_link_is(string destination)
    {
        RouteSpec wanted = new()
        {
            Family = IPFamily.Inet4,
            Gateway = IPAddress.Parse("10.0.0.1"),
            OutLinkName = "eth0",
            Destination = destination.Length == 0 ? null : IPPrefix.Parse(destination),
        };
        LinkInfo unplugged = Eth0 with { Carrier = false };

        Assert.IsType<RouteStep.Remove>(RouteRules.Next(wanted, unplugged, [RouteRules.Info(wanted, unplugged)]));
        Assert.IsType<RouteStep.Add>(RouteRules.Next(wanted with { Gateway = null }, unplugged, []));
    }
}
