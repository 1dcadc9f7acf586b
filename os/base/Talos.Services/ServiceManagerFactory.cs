using Microsoft.Extensions.Logging;
using Talos.Linux;
using Talos.Services.Logs;
using Talos.Services.Ports;

namespace Talos.Services;

/// <summary>Makes the service manager of a node.</summary>
public static class ServiceManagerFactory
{
    /// <summary>A manager whose services are children of this process.</summary>
    /// <param name="reaper">The reaper of this process.</param>
    /// <param name="pump">Reads the output of the services.</param>
    /// <param name="logs">Where the output goes.</param>
    /// <param name="events">Told of every change.</param>
    /// <param name="loggers">For its own log.</param>
    /// <param name="launcher">The executable whose <c>Main</c> runs <see cref="ServiceLauncher"/>.</param>
    public static ServiceManager Create(
        Reaper reaper, PipePump pump, ServiceLogs logs, IServiceEvents events, ILoggerFactory loggers, string launcher = "/proc/self/exe") =>
        new(new LinuxProcessHost(reaper, pump, logs, launcher), new SocketHealthProbe(), logs, events, TimeProvider.System, loggers);
}
