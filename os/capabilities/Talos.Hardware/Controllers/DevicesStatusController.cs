using Talos.Cosi;
using Talos.Resources.Hardware;
using Talos.Resources.Runtime;

namespace Talos.Hardware.Controllers;

/// <summary>Tells when the devices that were there at the start are served.</summary>
/// <param name="settled">Whether the device daemon says so.</param>
internal sealed class DevicesStatusController(Func<bool> settled) : IController
{
    public string Name => "hardware.DevicesStatusController";

    public IReadOnlyList<ControllerInput> Inputs { get; } = [ControllerInput.Weak<ServiceStatus>()];

    public IReadOnlyList<ControllerOutput> Outputs { get; } = [ControllerOutput.Exclusive<DevicesStatus>()];

    public Task ReconcileAsync(IControllerContext context, CancellationToken ct)
    {
        // Once ready it stays so: a restart of the daemon does not take the devices away.
        bool healthy = context.Find<ServiceStatus>(UdevdController.ServiceId) is { Spec.Healthy: true };
        bool before = context.Find<DevicesStatus>(DevicesStatus.Id)?.Spec.Ready ?? false;
        return context.WriteAsync(DevicesStatus.Id, new DevicesStatus { Ready = before || (healthy && settled()) }, ct);
    }
}
