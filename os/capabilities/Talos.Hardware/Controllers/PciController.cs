using Talos.Cosi;
using Talos.Hardware.Ports;
using Talos.Resources.Hardware;
using Talos.Resources.Runtime;

namespace Talos.Hardware.Controllers;

/// <summary>Reports the PCI devices; again when services change, for then drivers may have come.</summary>
internal sealed class PciController(IBoard board) : IController
{
    public string Name => "hardware.PciController";

    public IReadOnlyList<ControllerInput> Inputs { get; } = [ControllerInput.Weak<ServiceStatus>()];

    public IReadOnlyList<ControllerOutput> Outputs { get; } = [ControllerOutput.Exclusive<PciDevice>()];

    public async Task ReconcileAsync(IControllerContext context, CancellationToken ct)
    {
        IReadOnlyDictionary<string, PciDevice> devices = board.PciDevices;
        foreach ((string address, PciDevice device) in devices)
        {
            await context.WriteAsync(address, device, ct);
        }

        await context.KeepOnlyAsync<PciDevice>([.. devices.Keys], ct);
    }
}
