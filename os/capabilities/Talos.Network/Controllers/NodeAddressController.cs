using Talos.Cosi;
using Talos.Network.Rules;
using Talos.Resources.Network;

namespace Talos.Network.Controllers;

/// <summary>Derives the addresses of the node from those of its links.</summary>
internal sealed class NodeAddressController : IController
{
    public string Name => "network.NodeAddressController";

    public IReadOnlyList<ControllerInput> Inputs { get; } = [ControllerInput.Weak<AddressStatus>(), ControllerInput.Weak<LinkStatus>()];

    public IReadOnlyList<ControllerOutput> Outputs { get; } = [ControllerOutput.Exclusive<NodeAddress>()];

    public async Task ReconcileAsync(IControllerContext context, CancellationToken ct)
    {
        HashSet<string> containerLinks =
            [.. context.List<LinkStatus>().Where(l => ContainerLinks.IsOne(l.Id, l.Spec)).Select(l => l.Id)];
        ValueList<IPPrefix> reachable = StatusRules.Reachable(
            context.List<AddressStatus>().Select(a => a.Spec).Where(a => !containerLinks.Contains(a.LinkName)));
        if (reachable.Count == 0)
        {
            await context.KeepOnlyAsync<NodeAddress>([], ct);
            return;
        }

        ValueList<IPPrefix> former = context.Find<NodeAddress>(NodeAddress.Default)?.Spec.Addresses ?? [];
        await context.WriteAsync(NodeAddress.Current, new NodeAddress { Addresses = reachable }, ct);
        await context.WriteAsync(NodeAddress.Routed, new NodeAddress { Addresses = StatusRules.Routed(reachable) }, ct);
        await context.WriteAsync(NodeAddress.Default, new NodeAddress { Addresses = StatusRules.Default(reachable, former) }, ct);
    }
}
