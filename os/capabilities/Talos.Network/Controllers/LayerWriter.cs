using Talos.Cosi;
using Talos.Network.Rules;
using Talos.Resources.Network;

namespace Talos.Network.Controllers;

/// <summary>Writes plans into <see cref="NetworkNamespace.Config"/>, under ids that begin with where they come from.</summary>
internal static class LayerWriter
{
    /// <summary>What a controller that writes plans declares as its outputs.</summary>
    public static IReadOnlyList<ControllerOutput> Outputs { get; } =
    [
        ControllerOutput.Shared<LinkSpec>(),
        ControllerOutput.Shared<AddressSpec>(),
        ControllerOutput.Shared<RouteSpec>(),
        ControllerOutput.Shared<OperatorSpec>(),
        ControllerOutput.Shared<HostnameSpec>(),
        ControllerOutput.Shared<ResolverSpec>(),
        ControllerOutput.Shared<TimeServerSpec>(),
    ];

    /// <summary>Writes the plans by the prefix of their ids, and removes what the calling controller wrote before and no plan has.</summary>
    public static async Task WriteAsync(IControllerContext context, IReadOnlyList<(string Prefix, NetworkPlan Plan)> plans, CancellationToken ct)
    {
        await WriteAsync(context, plans, p => p.Links, ct);
        await WriteAsync(context, plans, p => p.Addresses, ct);
        await WriteAsync(context, plans, p => p.Routes, ct);
        await WriteAsync(context, plans, p => p.Operators, ct);
        await WriteAsync(context, plans, p => OneOrNone(p.Hostname), ct);
        await WriteAsync(context, plans, p => OneOrNone(p.Resolvers), ct);
        await WriteAsync(context, plans, p => OneOrNone(p.TimeServers), ct);
    }

    private static async Task WriteAsync<T>(
        IControllerContext context, IReadOnlyList<(string Prefix, NetworkPlan Plan)> plans, Func<NetworkPlan, IEnumerable<T>> part, CancellationToken ct)
        where T : class, IResourceSpec<T>, ILayeredSpec
    {
        HashSet<string> ids = [];
        foreach ((string prefix, NetworkPlan plan) in plans)
        {
            foreach (T spec in part(plan))
            {
                string id = $"{prefix}/{spec.MergedId}";
                if (!ids.Add(id) && spec is RouteSpec route)
                {
                    // Two links may have one gateway; the id of a route does not tell its link.
                    id = $"{prefix}/{route.OutLinkName}/{route.MergedId}";
                    ids.Add(id);
                }

                await context.WriteAsync(id, spec, ct, NetworkNamespace.Config);
            }
        }

        await context.KeepOnlyAsync<T>(ids, ct, NetworkNamespace.Config);
    }

    private static IEnumerable<T> OneOrNone<T>(T? item) where T : class => item is null ? [] : [item];
}
