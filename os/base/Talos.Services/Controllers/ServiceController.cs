using Talos.Cosi;
using Talos.Resources.Runtime;

namespace Talos.Services.Controllers;

/// <summary>Runs what <see cref="ServiceSpec"/> resources ask for and reports it as <see cref="ServiceStatus"/>.</summary>
public sealed class ServiceController(ServiceManager services) : ITriggeredController
{
    /// <inheritdoc/>
    public string Name => "services.ServiceController";

    /// <inheritdoc/>
    public IReadOnlyList<ControllerInput> Inputs { get; } = [ControllerInput.Strong<ServiceSpec>()];

    /// <inheritdoc/>
    public IReadOnlyList<ControllerOutput> Outputs { get; } = [ControllerOutput.Exclusive<ServiceStatus>()];

    /// <inheritdoc/>
    public async Task ReconcileAsync(IControllerContext context, CancellationToken ct)
    {
        foreach (Resource<ServiceSpec> wanted in context.List<ServiceSpec>())
        {
            if (wanted.Phase is ResourcePhase.Running)
            {
                await context.AddFinalizerAsync(wanted, ct);
                services.Apply(wanted.Id, wanted.Spec);
            }
            else if (services.TryRemove(wanted.Id))
            {
                await context.RemoveFinalizerAsync(wanted, ct);
            }
        }

        IReadOnlyList<ServiceInfo> all = services.List();
        foreach (ServiceInfo service in all)
        {
            ServiceStatus status = new()
            {
                Running = service.State is ServiceState.Running,
                Healthy = service.Health.Healthy,
                Unknown = service.Health.Unknown,
            };
            await context.WriteAsync(service.Id, status, ct);
        }

        await context.KeepOnlyAsync<ServiceStatus>([.. all.Select(s => s.Id)], ct);
    }

    /// <inheritdoc/>
    public async Task RunTriggersAsync(Action reconcile, CancellationToken ct)
    {
        services.Changed += reconcile;
        try
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        finally
        {
            services.Changed -= reconcile;
        }
    }
}
