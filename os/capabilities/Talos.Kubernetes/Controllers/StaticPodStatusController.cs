using System.Text.Json;
using Talos.Cosi;
using Talos.Kubernetes.Ports;
using Talos.Kubernetes.Rules;
using Talos.Resources.Kubernetes;
using Talos.Resources.Runtime;

namespace Talos.Kubernetes.Controllers;

/// <summary>Reports the static pods as the kubelet sees them.</summary>
internal sealed class StaticPodStatusController(IKubeletApi kubelet) : IController
{
    /// <summary>Time between two questions to a kubelet that is well.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    public string Name => "kubernetes.StaticPodStatusController";

    public IReadOnlyList<ControllerInput> Inputs { get; } = [ControllerInput.Weak<ServiceStatus>()];

    public IReadOnlyList<ControllerOutput> Outputs { get; } = [ControllerOutput.Exclusive<StaticPodStatus>()];

    public async Task ReconcileAsync(IControllerContext context, CancellationToken ct)
    {
        if (context.Find<ServiceStatus>(KubernetesPaths.Service)?.Spec is not { Running: true, Healthy: true })
        {
            return;
        }

        context.RequeueAfter(Interval);
        IReadOnlyDictionary<string, string> statuses;
        try
        {
            statuses = PodList.StaticStatuses(await kubelet.PodsAsync(ct));
        }
        catch (Exception e) when (e is HttpRequestException or JsonException)
        {
            return;
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return;
        }

        foreach ((string id, string status) in statuses)
        {
            await context.WriteAsync(id, new StaticPodStatus(new KubernetesObject(status)), ct);
        }

        await context.KeepOnlyAsync<StaticPodStatus>([.. statuses.Keys], ct);
    }
}
