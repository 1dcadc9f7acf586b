using Grpc.Core;
using Talos.Apid.Proxy;

namespace Talos.Apid.Routing;

/// <summary>Decides from the metadata where a call goes.</summary>
internal static class Director
{
    /// <summary>Metadata: the one node that is meant.</summary>
    public const string NodeKey = "node";

    /// <summary>Metadata: the nodes that are meant, for the services that can join answers.</summary>
    public const string NodesKey = "nodes";

    /// <summary>Metadata: set by the apid that forwards; what carries it goes no further.</summary>
    public const string ProxyFromKey = "proxyfrom";

    private static readonly string[] JoiningServices =
        ["/machine.MachineService/", "/cluster.ClusterService/", "/inspect.InspectService/", "/storage.StorageService/", "/time.TimeService/"];

    /// <summary>Where the call goes.</summary>
    /// <param name="method">Of the form <c>/package.Service/Method</c>.</param>
    /// <param name="node">Values of <see cref="NodeKey"/>.</param>
    /// <param name="nodes">Values of <see cref="NodesKey"/>.</param>
    /// <param name="proxied">Whether <see cref="ProxyFromKey"/> is present.</param>
    /// <param name="ability">What this node may do.</param>
    /// <param name="local">What means this node.</param>
    public static Route Direct(
        string method, IReadOnlyList<string> node, IReadOnlyList<string> nodes, bool proxied, RoutingAbility ability, LocalNames local)
    {
        if (ability is RoutingAbility.Off || proxied)
        {
            return new Route.Local();
        }

        if (node.Count > 1)
        {
            return new Route.Refused(StatusCode.InvalidArgument, "node metadata must be single-valued");
        }

        if (ability is RoutingAbility.LocalOnly)
        {
            IReadOnlyList<string> targets = nodes.Count > 0 ? nodes : node;
            return targets.Count == 0 || (targets.Count == 1 && local.Contains(targets[0]))
                ? new Route.Local()
                : new Route.Refused(StatusCode.PermissionDenied, "no request forwarding");
        }

        if (nodes.Count > 0)
        {
            return Many(method, Distinct(nodes, local));
        }

        if (node.Count == 0 || local.Contains(node[0]))
        {
            return new Route.Local();
        }

        return IsHost(node[0]) ? new Route.One(node[0]) : NotAHost(node[0]);
    }

    private static Route Many(string method, List<string> nodes)
    {
        if (!JoiningServices.Any(s => method.StartsWith(s, StringComparison.Ordinal)))
        {
            return new Route.Refused(StatusCode.InvalidArgument, $"{method} cannot be sent to several nodes in one call; use the metadata key node");
        }

        if (nodes.Count > CallLimits.Nodes)
        {
            return new Route.Refused(
                StatusCode.InvalidArgument, $"{nodes.Count} nodes in one call, the limit is {CallLimits.Nodes}; send several calls");
        }

        return nodes.FirstOrDefault(n => !IsHost(n)) is { } wrong ? NotAHost(wrong) : new Route.Many(nodes);
    }

    // A node has several names; for this one they are known. The name that came first marks its answer.
    private static List<string> Distinct(IReadOnlyList<string> nodes, LocalNames local)
    {
        HashSet<string> seen = new(StringComparer.Ordinal);
        return [.. nodes.Where(n => seen.Add(local.Contains(n) ? "" : LocalNames.Normal(n)))];
    }

    private static bool IsHost(string target) => Uri.CheckHostName(target) is not UriHostNameType.Unknown;

    private static Route.Refused NotAHost(string target) =>
        new(StatusCode.InvalidArgument, $"node \"{target}\" is neither a host name nor an address");
}

/// <summary>Whether a node forwards calls.</summary>
internal enum RoutingAbility
{
    /// <summary>Metadata about nodes is not looked at: maintenance.</summary>
    Off,

    /// <summary>It has no certificate for other nodes: a worker.</summary>
    LocalOnly,

    /// <summary>It forwards: a control plane node.</summary>
    Forwarding,
}
