using Talos.Cosi;
using Talos.Linux;
using Talos.Network.Ports;
using Talos.Network.Rules;
using Talos.Resources.Network;

namespace Talos.Network.Controllers;

/// <summary>Reports the kernel's links.</summary>
internal sealed class LinkStatusController(INetworkKernel kernel) : ITriggeredController
{
    public string Name => "network.LinkStatusController";

    public IReadOnlyList<ControllerInput> Inputs => [];

    public IReadOnlyList<ControllerOutput> Outputs { get; } = [ControllerOutput.Exclusive<LinkStatus>()];

    public Task RunTriggersAsync(Action reconcile, CancellationToken ct) => kernel.MonitorAsync(NetlinkGroups.Links, reconcile, ct);

    public async Task ReconcileAsync(IControllerContext context, CancellationToken ct)
    {
        IReadOnlyList<LinkInfo> links = kernel.Links();
        foreach (LinkInfo link in links)
        {
            await context.WriteAsync(link.Name, StatusRules.Link(link, kernel.Device(link.Name)), ct);
        }

        await context.KeepOnlyAsync<LinkStatus>([.. links.Select(l => l.Name)], ct);
    }
}
