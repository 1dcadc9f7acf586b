using Talos.Cosi;
using Talos.Kubernetes.Ports;
using Talos.Kubernetes.Rules;
using Talos.Resources.Config;

namespace Talos.Kubernetes.Controllers;

/// <summary>Writes the network of the pods; a file of a lower number beside it takes its place.</summary>
internal sealed class PodNetworkController(INodeFiles files) : IController
{
    private static readonly TimeSpan Wait = TimeSpan.FromSeconds(1);

    public string Name => "kubernetes.PodNetworkController";

    public IReadOnlyList<ControllerInput> Inputs { get; } = [ControllerInput.Weak<MachineConfig>()];

    public IReadOnlyList<ControllerOutput> Outputs { get; } = [];

    public Task ReconcileAsync(IControllerContext context, CancellationToken ct)
    {
        if (context.FindMachine() is not { } machine)
        {
            return Task.CompletedTask;
        }

        if (files.IsMounted(KubernetesPaths.NetworkFolder))
        {
            files.Write(
                KubernetesPaths.NetworkConfiguration,
                PodNetwork.Render(machine.Cluster.PodSubnets, files.Exists(KubernetesPaths.IpTables)));
        }
        else
        {
            context.RequeueAfter(Wait);
        }

        return Task.CompletedTask;
    }
}
