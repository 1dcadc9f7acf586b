using Talos.Cosi;
using Talos.Linux;
using Talos.Network.Ports;
using Talos.Network.Rules;
using Talos.Resources.Network;

namespace Talos.Network.Controllers;

/// <summary>Reports the kernel's addresses.</summary>
internal sealed class AddressStatusController(INetworkKernel kernel) : ITriggeredController
{
    public string Name => "network.AddressStatusController";

    public IReadOnlyList<ControllerInput> Inputs => [];

    public IReadOnlyList<ControllerOutput> Outputs { get; } = [ControllerOutput.Exclusive<AddressStatus>()];

    public Task RunTriggersAsync(Action reconcile, CancellationToken ct) =>
        kernel.MonitorAsync(NetlinkGroups.Links | NetlinkGroups.IPv4Addresses | NetlinkGroups.IPv6Addresses, reconcile, ct);

    public async Task ReconcileAsync(IControllerContext context, CancellationToken ct)
    {
        Dictionary<int, string> names = kernel.Links().ToDictionary(l => l.Index, l => l.Name);
        HashSet<string> seen = [];
        foreach (AddressInfo address in kernel.Addresses())
        {
            if (names.GetValueOrDefault(address.LinkIndex) is { } link)
            {
                string id = $"{link}/{address.Address}/{address.PrefixLength}";
                seen.Add(id);
                await context.WriteAsync(id, StatusRules.Address(address, link), ct);
            }
        }

        await context.KeepOnlyAsync<AddressStatus>(seen, ct);
    }
}
