using Microsoft.Extensions.Logging;
using Talos.Config;
using Talos.Cosi;
using Talos.Kubernetes.Rules;
using Talos.Resources.Config;
using Talos.Resources.Kubernetes;

namespace Talos.Kubernetes.Controllers;

/// <summary>Makes the static pods of the machine config resources.</summary>
internal sealed partial class StaticPodController(ILogger<StaticPodController> log) : IController
{
    public string Name => "kubernetes.StaticPodController";

    public IReadOnlyList<ControllerInput> Inputs { get; } = [ControllerInput.Weak<MachineConfig>()];

    public IReadOnlyList<ControllerOutput> Outputs { get; } = [ControllerOutput.Exclusive<StaticPod>()];

    public async Task ReconcileAsync(IControllerContext context, CancellationToken ct)
    {
        List<string> ids = [];
        IReadOnlyList<StaticPodConfiguration> pods = context.FindMachine()?.StaticPods ?? [];
        IReadOnlyList<string> all = StaticPodFiles.Ids([.. pods.Select(p => (p.Namespace, p.Name))]);
        foreach ((StaticPodConfiguration pod, string id) in pods.Zip(all))
        {
            if (StaticPodFiles.Problem(pod.Namespace, pod.Name, pod.Json) is { } problem)
            {
                LogRefused(problem);
                continue;
            }

            ids.Add(id);
            await context.WriteAsync(id, new StaticPod { Pod = new KubernetesObject(pod.Json) }, ct);
        }

        await context.KeepOnlyAsync<StaticPod>(ids, ct);
    }

    [LoggerMessage(LogLevel.Error, "Static pod of the machine config left out: {Problem}")]
    private partial void LogRefused(string problem);
}
