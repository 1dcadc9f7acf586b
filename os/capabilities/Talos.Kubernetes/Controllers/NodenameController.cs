using Talos.Cosi;
using Talos.Resources.Config;
using Talos.Resources.Kubernetes;
using Talos.Resources.Network;

namespace Talos.Kubernetes.Controllers;

/// <summary>Derives the node's name in Kubernetes from its host name.</summary>
internal sealed class NodenameController : IController
{
    public string Name => "kubernetes.NodenameController";

    public IReadOnlyList<ControllerInput> Inputs { get; } = [ControllerInput.Weak<HostnameStatus>(), ControllerInput.Weak<MachineConfig>()];

    public IReadOnlyList<ControllerOutput> Outputs { get; } = [ControllerOutput.Exclusive<Nodename>()];

    public async Task ReconcileAsync(IControllerContext context, CancellationToken ct)
    {
        if (context.FindMachine() is not { } machine || context.Find<HostnameStatus>(HostnameSpec.Id) is not { } hostname)
        {
            await context.DestroyAsync<Nodename>(Nodename.Id, ct);
            return;
        }

        Nodename nodename = new()
        {
            Name = hostname.Spec.Hostname.ToLowerInvariant(),
            SkipNodeRegistration = machine.Kubelet.SkipNodeRegistration,
        };
        await context.WriteAsync(Nodename.Id, nodename, ct);
    }
}
