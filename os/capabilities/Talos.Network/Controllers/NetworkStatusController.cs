using Talos.Cosi;
using Talos.Network.Rules;
using Talos.Resources.Network;

namespace Talos.Network.Controllers;

/// <summary>Tells how far the network is set up.</summary>
internal sealed class NetworkStatusController : IController
{
    public string Name => "network.NetworkStatusController";

    public IReadOnlyList<ControllerInput> Inputs { get; } =
    [
        ControllerInput.Weak<NodeAddress>(),
        ControllerInput.Weak<RouteSpec>(),
        ControllerInput.Weak<RouteStatus>(),
        ControllerInput.Weak<HostnameSpec>(),
        ControllerInput.Weak<HostnameStatus>(),
        ControllerInput.Weak<EtcFilesStatus>(),
    ];

    public IReadOnlyList<ControllerOutput> Outputs { get; } = [ControllerOutput.Exclusive<NetworkStatus>()];

    public Task ReconcileAsync(IControllerContext context, CancellationToken ct)
    {
        bool address = context.Find<NodeAddress>(NodeAddress.Current) is not null;
        HashSet<string> routes = [.. context.List<RouteStatus>().Select(r => r.Id)];
        HostnameSpec? wanted = context.Find<HostnameSpec>(HostnameSpec.Id)?.Spec;
        HostnameStatus? hostname = context.Find<HostnameStatus>(HostnameSpec.Id)?.Spec;
        NetworkStatus status = new()
        {
            AddressReady = address,
            ConnectivityReady = address && ReadinessRules.HasWantedGateways(context.List<RouteSpec>().Select(r => r.Spec), routes),
            HostnameReady = wanted?.Hostname == hostname?.Hostname,
            EtcFilesReady = context.Find<EtcFilesStatus>(EtcFilesStatus.Id) is not null,
        };
        return context.WriteAsync(NetworkStatus.Id, status, ct);
    }
}
