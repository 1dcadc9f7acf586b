using Talos.Cosi;
using Talos.Machined.Node;
using Talos.Machined.Updates;
using Talos.Resources.Kubernetes;
using Talos.Resources.Network;
using Talos.Resources.Runtime;

namespace Talos.Machined.Controllers;

/// <summary>Reports what the node is doing and what keeps it from being ready.</summary>
internal sealed class MachineStatusController(NodeStage stage) : ITriggeredController
{
    /// <inheritdoc/>
    public string Name => "runtime.MachineStatusController";

    /// <inheritdoc/>
    public IReadOnlyList<ControllerInput> Inputs { get; } =
    [
        ControllerInput.Weak<ServiceStatus>(), ControllerInput.Weak<ServiceSpec>(), ControllerInput.Weak<NetworkStatus>(),
        ControllerInput.Weak<StaticPod>(), ControllerInput.Weak<StaticPodStatus>(), ControllerInput.Weak<Nodename>(),
    ];

    /// <inheritdoc/>
    public IReadOnlyList<ControllerOutput> Outputs { get; } = [ControllerOutput.Exclusive<MachineStatus>()];

    /// <inheritdoc/>
    public async Task ReconcileAsync(IControllerContext context, CancellationToken ct)
    {
        (MachineStage now, string? problem) = stage.Now;
        Dictionary<string, ServiceStatus> services = context.List<ServiceStatus>().ToDictionary(s => s.Id, s => s.Spec);
        IReadOnlyList<string> wanted = [.. context.List<ServiceSpec>().Select(s => s.Id)];
        IReadOnlyList<string> unreadyPods = PodHealth.Unready(
            context.List<StaticPod>().Select(p => p.Spec.Pod),
            context.List<StaticPodStatus>().ToDictionary(s => s.Id, s => s.Spec.Status),
            context.Find<Nodename>(Nodename.Id)?.Spec.Name ?? "");
        IReadOnlyList<UnmetCondition> unmet = Readiness.Unmet(
            now, problem, wanted, services, context.Find<NetworkStatus>(NetworkStatus.Id)?.Spec, unreadyPods);
        MachineStatus status = new()
        {
            Stage = now,
            Status = new MachineReadiness { Ready = unmet.Count == 0, UnmetConditions = [.. unmet] },
        };
        await context.WriteAsync(MachineStatus.Id, status, ct);
    }

    /// <inheritdoc/>
    public async Task RunTriggersAsync(Action reconcile, CancellationToken ct)
    {
        stage.Changed += reconcile;
        try
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        finally
        {
            stage.Changed -= reconcile;
        }
    }
}
