using Talos.Config;
using Talos.Cosi;
using Talos.Network.Ports;
using Talos.Network.Rules;
using Talos.Resources.Config;
using Talos.Resources.Network;

namespace Talos.Network.Controllers;

/// <summary>Writes resolv.conf, hosts and hostname below /system/etc.</summary>
internal sealed class EtcFilesController(INodeFiles files) : IController
{
    public string Name => "network.EtcFilesController";

    public IReadOnlyList<ControllerInput> Inputs { get; } =
    [
        ControllerInput.Weak<ResolverStatus>(),
        ControllerInput.Weak<HostnameStatus>(),
        ControllerInput.Weak<NodeAddress>(),
        ControllerInput.Weak<MachineConfig>(),
    ];

    public IReadOnlyList<ControllerOutput> Outputs { get; } = [ControllerOutput.Exclusive<EtcFilesStatus>()];

    public Task ReconcileAsync(IControllerContext context, CancellationToken ct)
    {
        NetworkConfiguration? config = context.Find<MachineConfig>(MachineConfig.ActiveId) is { } resource
            ? ConfigReader.Parsed(resource.Spec.Yaml).Network
            : null;
        HostnameStatus? hostname = context.Find<HostnameStatus>(HostnameSpec.Id)?.Spec;
        ResolverStatus resolvers = context.Find<ResolverStatus>(ResolverSpec.Id)?.Spec ?? new ResolverStatus();
        NodeAddress? address = context.Find<NodeAddress>(NodeAddress.Default)?.Spec;

        string ownDomain = config?.DisableSearchDomain is true ? "" : hostname?.Domainname ?? "";
        files.WriteEtc("resolv.conf", EtcFiles.ResolvConf(resolvers, ownDomain));
        files.WriteEtc("hosts", EtcFiles.Hosts(hostname, address?.Addresses[0].Address, config?.ExtraHosts ?? []));
        if (hostname is not null)
        {
            files.WriteEtc("hostname", hostname.Hostname + "\n");
        }

        return context.WriteAsync(EtcFilesStatus.Id, new EtcFilesStatus { Files = ["hostname", "hosts", "resolv.conf"] }, ct);
    }
}
