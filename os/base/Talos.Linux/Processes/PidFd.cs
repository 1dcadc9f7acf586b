using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Talos.Linux;

/// <summary>A stable reference to one process: it never points at a recycled process id.</summary>
/// <remarks>Source: pidfd_open(2), pidfd_send_signal(2); Linux 5.3 or later.</remarks>
public sealed partial class PidFd : SafeHandleMinusOneIsInvalid
{
    /// <summary>For the marshaller; use <see cref="Open"/>.</summary>
    public PidFd() : base(ownsHandle: true) { }

    /// <summary>Opens a reference to the process <paramref name="pid"/>.</summary>
    /// <exception cref="LinuxException"><see cref="Errno.ESRCH"/> when the process is gone.</exception>
    public static PidFd Open(int pid)
    {
        PidFd fd = PidFdOpen(pid, flags: 0);
        if (fd.IsInvalid)
        {
            throw LinuxException.FromLastError("pidfd_open", $"pid {pid}");
        }

        return fd;
    }

    /// <summary>Sends a signal to the process.</summary>
    /// <returns>False when it has ended and was reaped.</returns>
    public bool Send(Signal signal)
    {
        if (PidFdSendSignal(this, (int)signal, 0, 0) == 0)
        {
            return true;
        }

        return (Errno)Marshal.GetLastPInvokeError() is Errno.ESRCH
            ? false
            : throw LinuxException.FromLastError("pidfd_send_signal", signal.ToString());
    }

    /// <inheritdoc/>
    protected override bool ReleaseHandle() => Close(handle) == 0;

    private static PidFd PidFdOpen(int pid, uint flags)
    {
        PidFd fd = new();
        fd.SetHandle((nint)Syscall(SystemCalls.PidFdOpen, pid, (nint)flags, 0, 0));
        return fd;
    }

    private static int PidFdSendSignal(PidFd fd, int signal, nint info, uint flags)
    {
        bool taken = false;
        try
        {
            fd.DangerousAddRef(ref taken);
            return (int)Syscall(SystemCalls.PidFdSendSignal, fd.handle, signal, info, (nint)flags);
        }
        finally
        {
            if (taken)
            {
                fd.DangerousRelease();
            }
        }
    }

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint Syscall(nint number, nint a, nint b, nint c, nint d);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(nint fd);
}
