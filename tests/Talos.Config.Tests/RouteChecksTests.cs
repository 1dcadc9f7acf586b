namespace Talos.Config.Tests;

public sealed class RouteChecksTests
{
    [Theory]
    [InlineData("[{gateway: 10.0.0.1}]", "[{gateway: 10.0.1.1}]", true)]
    [InlineData("[{gateway: 10.0.0.1}]", "[{destination: 0.0.0.0/0, gateway: 10.0.1.1}]", true)]
    [InlineData("[{gateway: 10.0.0.1, metric: 1024}]", "[{gateway: 10.0.1.1}]", true)]
    [InlineData("[{gateway: 10.0.0.1}]", "[{gateway: 10.0.0.1}]", true)]
    [InlineData("[{gateway: 10.0.0.1}, {gateway: 10.0.0.2}]", "[]", true)]
    [InlineData("[{destination: 10.9.0.0/16, gateway: 10.0.0.1}]", "[{destination: 10.9.0.0/16, gateway: 10.0.1.1}]", true)]
    [InlineData("[{gateway: 'fe80::1'}]", "[{gateway: 'fe80::1'}]", true)]
    [InlineData("[{gateway: 10.0.0.1}]", "[{gateway: 10.0.1.1, metric: 2000}]", false)]
    [InlineData("[{gateway: 10.0.0.1}]", "[{gateway: 'fe80::1'}]", false)]
    [InlineData("[{gateway: 10.0.0.1}]", "[{destination: 10.9.0.0/16, gateway: 10.0.1.1}]", false)]
    [InlineData("[{gateway: 10.0.0.1}]", "[{gateway: 10.0.1.1, table: 100}]", false)]
    public void Routes_of_one_metric_to_one_destination_are_answered_with_a_warning(string first, string second, bool warned)
    {
        string config = string.Join("\n---\n", new[] { ("eth0", first), ("eth1", second) }.Select(l =>
            $"apiVersion: v1alpha1\nkind: LinkConfig\nname: {l.Item1}\nroutes: {l.Item2}"));

        Assert.Equal(warned, ConfigReader.Parse(config).Warnings.Any(w => w.Contains("have one metric, 1024", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("{destination: '::/0', gateway: 10.0.0.1}", "routes[0].gateway")]
    [InlineData("{destination: 'fd00::/8', gateway: 10.0.0.1}", "routes[0].gateway")]
    [InlineData("{destination: 10.0.0.0/8, source: 'fd00::5'}", "routes[0].source")]
    [InlineData("{gateway: 'fe80::1', source: 10.0.0.5}", "routes[0].source")]
    [InlineData("{destination: 0.0.0.0/0}", "routes[0]")]
    [InlineData("{destination: 0.0.0.0/0, gateway: 'fe80::1'}", null)]
    [InlineData("{destination: 10.9.0.0/16, gateway: 'fe80::1', source: 10.0.0.5}", null)]
    [InlineData("{destination: '::/0', gateway: 'fe80::1'}", null)]
    public void A_route_of_two_families_is_refused_where_the_kernel_has_none(string route, string? path)
    {
        ConfigReading reading = ConfigReader.Read($"apiVersion: v1alpha1\nkind: LinkConfig\nname: eth0\nroutes:\n  - {route}");

        Assert.Equal(path is null ? [] : [$"LinkConfig(eth0)/{path}:5"], reading.Problems.Select(p => $"{p.Path}:{p.Line}"));
    }

    [Theory]
    [InlineData("machine: {network: {hostname: localhost}}", true)]
    [InlineData("machine: {network: {hostname: LOCALHOST.}}", true)]
    [InlineData("machine: {network: {hostname: localhost.example.org}}", true)]
    [InlineData("machine: {network: {hostname: node.localhost}}", true)]
    [InlineData("machine: {network: {hostname: localhost-1}}", false)]
    public void A_node_is_not_called_localhost(string machine, bool refused) => Assert.Equal(
        refused, ConfigReader.Read($"version: v1alpha1\n{machine}").Problems.Any(p => p is { Path: "machine.network.hostname", Line: 2 }));
}
