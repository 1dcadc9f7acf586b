using Talos.Cosi;
using Talos.Linux;
using Talos.Network.Ports;
using Talos.Network.Rules;
using Talos.Resources.Network;

namespace Talos.Network.Controllers;

/// <summary>Reports the kernel's routes.</summary>
internal sealed class RouteStatusController(INetworkKernel kernel) : ITriggeredController
{
    public string Name => "network.RouteStatusController";

    public IReadOnlyList<ControllerInput> Inputs => [];

    public IReadOnlyList<ControllerOutput> Outputs { get; } = [ControllerOutput.Exclusive<RouteStatus>()];

    public Task RunTriggersAsync(Action reconcile, CancellationToken ct) =>
        kernel.MonitorAsync(NetlinkGroups.Links | NetlinkGroups.IPv4Routes | NetlinkGroups.IPv6Routes, reconcile, ct);

    public async Task ReconcileAsync(IControllerContext context, CancellationToken ct)
    {
        Dictionary<int, string> names = kernel.Links().ToDictionary(l => l.Index, l => l.Name);
        HashSet<string> seen = [];
        foreach (RouteInfo route in kernel.Routes())
        {
            RouteStatus status = StatusRules.Route(route, names.GetValueOrDefault(route.LinkIndex, ""));
            string id = RouteStatus.IdOf(route.Table, status.Family, status.Gateway, status.Destination, status.Priority);
            if (seen.Add(id))
            {
                await context.WriteAsync(id, status, ct);
            }
        }

        await context.KeepOnlyAsync<RouteStatus>(seen, ct);
    }
}
