using Talos.Cosi;
using Talos.Resources.Runtime;

namespace Talos.Hardware.Controllers;

/// <summary>Wants the device daemon to run.</summary>
internal sealed class UdevdController : IController
{
    /// <summary>Id of the service.</summary>
    public const string ServiceId = "udevd";

    /// <summary>Exists once the daemon has served what was there at its start.</summary>
    public const string SettledPath = "/run/udevd/settled";

    private const string SocketPath = "/run/udevd/udevd.sock";
    private const long MemoryMin = 8L * 1024 * 1024;

    public string Name => "hardware.UdevdController";

    public IReadOnlyList<ControllerInput> Inputs => [];

    public IReadOnlyList<ControllerOutput> Outputs { get; } = [ControllerOutput.Shared<ServiceSpec>()];

    public Task ReconcileAsync(IControllerContext context, CancellationToken ct) =>
        context.WriteAsync(
            ServiceId,
            new ServiceSpec
            {
                Executable = "/usr/bin/udevd",
                Cgroup = "system/udevd",
                MemoryMinBytes = MemoryMin,
                // It loads modules, gives the kernel's device nodes groups, modes and links, and listens to the kernel with a large buffer.
                DroppedCapabilities = DaemonRights.AllBut("CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_FOWNER", "CAP_NET_ADMIN", "CAP_SYS_MODULE"),
                Confined = true,
                DeniedCalls = ServiceDeniedCalls.DeviceDaemon,
                HealthCheck = new ServiceHealthCheck { Kind = ServiceHealthKind.UnixSocket, Target = SocketPath },
            },
            ct);
}
