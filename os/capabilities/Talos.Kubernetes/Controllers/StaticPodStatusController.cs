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

    /// <summary>The same once nothing has changed for a minute: it has no other way to tell, and asking costs both sides.</summary>
    public static readonly TimeSpan QuietInterval = TimeSpan.FromSeconds(20);

    private static readonly int EqualAnswersToQuiet = (int)(TimeSpan.FromMinutes(1) / Interval);

    private IReadOnlyDictionary<string, string> _last = new Dictionary<string, string>();
    private int _equal;

    public string Name => "kubernetes.StaticPodStatusController";

    public IReadOnlyList<ControllerInput> Inputs { get; } = [ControllerInput.Weak<ServiceStatus>()];

    public IReadOnlyList<ControllerOutput> Outputs { get; } = [ControllerOutput.Exclusive<StaticPodStatus>()];

    public async Task ReconcileAsync(IControllerContext context, CancellationToken ct)
    {
        if (context.Find<ServiceStatus>(KubernetesPaths.Service)?.Spec is not { Running: true, Healthy: true })
        {
            return;
        }

        IReadOnlyDictionary<string, string>? statuses = await AskAsync(ct);
        _equal = statuses is not null && statuses.SequenceEqual(_last) ? _equal + 1 : 0;
        context.RequeueAfter(_equal >= EqualAnswersToQuiet ? QuietInterval : Interval);
        if (statuses is null)
        {
            return;
        }

        _last = statuses;
        foreach ((string id, string status) in statuses)
        {
            await context.WriteAsync(id, new StaticPodStatus(new KubernetesObject(status)), ct);
        }

        await context.KeepOnlyAsync<StaticPodStatus>([.. statuses.Keys], ct);
    }

    /// <summary>Null when the kubelet does not answer, or not with a list of pods.</summary>
    private async Task<IReadOnlyDictionary<string, string>?> AskAsync(CancellationToken ct)
    {
        try
        {
            return PodList.StaticStatuses(await kubelet.PodsAsync(ct));
        }
        catch (Exception e) when (
            e is HttpRequestException or JsonException || (e is OperationCanceledException && !ct.IsCancellationRequested))
        {
            return null;
        }
    }
}
