using Talos.Resources.Runtime;
using Talos.Services.Logs;

namespace Talos.Services.Ports;

/// <summary>What services need of the system they run on.</summary>
internal interface IProcessHost
{
    /// <summary>Makes the control group with its limits.</summary>
    void Prepare(string id, ServiceSpec spec);

    /// <summary>Starts the process; its output goes to <paramref name="log"/>.</summary>
    IServiceProcess Launch(string id, ServiceSpec spec, ServiceLog log);
}

/// <summary>How a process ended.</summary>
/// <param name="Success">Exit code 0.</param>
/// <param name="How">In words: <c>exit code 1</c>, <c>signal 9</c>.</param>
internal sealed record ProcessEnd(bool Success, string How);

/// <summary>A process of a service.</summary>
internal interface IServiceProcess
{
    /// <summary>Process id.</summary>
    int Pid { get; }

    /// <summary>Completes when the process has ended and was reaped.</summary>
    Task<ProcessEnd> End { get; }

    /// <summary>SIGTERM to the process; nothing when it is gone.</summary>
    void Terminate();

    /// <summary>SIGKILL to the process, and to everything in its control group when the service owns it.</summary>
    void Kill();
}
