using System.Net.Sockets;

namespace Talos.Config;

/// <summary>Checks static routes, each by itself and against each other.</summary>
internal sealed class RouteChecks(List<ConfigProblem> problems, List<string> warnings)
{
    private const uint DefaultMetric = 1024;

    private readonly List<(LinkRoute Route, string Link, string Path, int Line)> _routes = [];

    /// <summary>Checks one route and keeps it for <see cref="CheckMetrics"/>.</summary>
    public void Check(LinkRoute route, string link, string path, View view)
    {
        int line = view.Node?.Line ?? 0;
        if (route is { Gateway: null, Destination: null or { PrefixLength: 0 } })
        {
            problems.Add(new ConfigProblem(path, line, "a gateway or a destination is wanted"));
            return;
        }

        AddressFamily family = route.Family;
        if (family is AddressFamily.InterNetworkV6 && route.Gateway is { AddressFamily: AddressFamily.InterNetwork })
        {
            problems.Add(new ConfigProblem(
                $"{path}.gateway",
                view.Line("gateway"),
                $"{route.Gateway} cannot be the gateway of IPv6: the kernel has IPv4 routes through IPv6, not IPv6 through IPv4"));
        }

        if (route.Source is { } source && source.AddressFamily != family)
        {
            problems.Add(new ConfigProblem(
                $"{path}.source",
                view.Line("source"),
                $"{source} is not of the family of the route ({(family is AddressFamily.InterNetwork ? "IPv4" : "IPv6")})"));
        }

        _routes.Add((route, link, path, line));
    }

    /// <summary>Warns of routes to one destination with one metric: the kernel holds one of them, the node gives the others the next metrics.</summary>
    public void CheckMetrics()
    {
        foreach (var rivals in _routes
            .GroupBy(r => (r.Route.Family, r.Route.Table, Destination(r.Route), r.Route.Metric ?? DefaultMetric))
            .Where(group => group.Select(r => (r.Link, r.Route.Gateway)).Distinct().Count() > 1))
        {
            string ways = string.Join(" and ", rivals.Select(r => $"via {r.Route.Gateway?.ToString() ?? "the link"} on {r.Link} (line {r.Line})"));
            warnings.Add(
                $"{rivals.Last().Path}.metric: the routes to {Destination(rivals.First().Route)} {ways} have one metric, {rivals.Key.Item4}: "
                + "the first link by name is used and the others get the next metrics; give each a metric of its own");
        }
    }

    private static string Destination(LinkRoute route) => route.Destination is { PrefixLength: > 0 } to ? to.ToString() : "default";
}
