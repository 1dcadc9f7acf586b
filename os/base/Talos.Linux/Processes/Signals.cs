using System.Runtime.InteropServices;

namespace Talos.Linux;

/// <summary>Sends signals by process id. Source: kill(2).</summary>
/// <remarks>For own children use <see cref="ChildProcess"/>: it never hits a recycled process id.</remarks>
public static partial class Signals
{
    /// <summary>Sends to one process, or with a negative id to a process group.</summary>
    /// <returns>False when there is none.</returns>
    public static bool Send(int pid, Signal signal)
    {
        if (pid is -1)
        {
            throw new ArgumentOutOfRangeException(nameof(pid), "-1 means every process; use SendToAll");
        }

        return Call(pid, signal);
    }

    /// <summary>Sends to every process but PID 1 and the sender. For shutdown.</summary>
    /// <returns>False when there is none.</returns>
    public static bool SendToAll(Signal signal) => Call(-1, signal);

    private static bool Call(int pid, Signal signal)
    {
        if (Kill(pid, (int)signal) == 0)
        {
            return true;
        }

        return (Errno)Marshal.GetLastPInvokeError() is Errno.ESRCH
            ? false
            : throw LinuxException.FromLastError("kill", $"pid {pid} {signal}");
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int pid, int signal);
}
