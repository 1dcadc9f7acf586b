using System.Runtime.InteropServices;

namespace Talos.Linux;

/// <summary>Starts children and waits for them: the only one in the process that may do either.</summary>
/// <remarks>
/// In PID 1 it also buries orphans. One thread waits for any child; the child is looked up and reaped under the
/// lock under which children are started, so no exit status is lost and no recycled process id is signalled.
/// </remarks>
public sealed partial class Reaper
{
    internal const int AnyChild = 0, WaitExited = 4, WaitNoReap = 0x0100_0000;
    internal const int SetChildSubreaper = 36;

    private readonly Lock _gate = new();
    private readonly Dictionary<int, ChildProcess> _children = [];
    private readonly object _wake = new();
    private long _starts;
    private readonly Action<int, ExitStatus>? _onOrphan;

    private Reaper(Action<int, ExitStatus>? onOrphan) => _onOrphan = onOrphan;

    /// <summary>Starts the reaper's thread. Once a process.</summary>
    /// <param name="adoptOrphans">Becomes the parent of orphaned descendants; PID 1 is that anyway.</param>
    /// <param name="onOrphan">Told of each orphan that ended, on the reaper's thread; must not throw or wait.</param>
    public static Reaper Start(bool adoptOrphans = false, Action<int, ExitStatus>? onOrphan = null)
    {
        if (adoptOrphans && PrCtl(SetChildSubreaper, 1, 0, 0, 0) != 0)
        {
            throw LinuxException.FromLastError("prctl", "PR_SET_CHILD_SUBREAPER");
        }

        Reaper reaper = new(onOrphan);
        new Thread(reaper.Run, maxStackSize: 256 * 1024) { IsBackground = true, Name = "reaper" }.Start();
        return reaper;
    }

    /// <summary>Starts a child.</summary>
    /// <exception cref="LinuxException">The executable is absent or cannot be started.</exception>
    public ChildProcess Spawn(ChildOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        ChildProcess child;
        lock (_gate)
        {
            child = new ChildProcess(Spawner.Start(options), _gate);
            _children.Add(child.Id, child);
        }

        lock (_wake)
        {
            _starts++;
            Monitor.Pulse(_wake);
        }

        return child;
    }

    private void Run()
    {
        while (true)
        {
            long starts = Interlocked.Read(ref _starts);
            int pid = WaitForExit();
            if (pid > 0)
            {
                Reap(pid);
            }
            else
            {
                WaitForStart(starts);
            }
        }
    }

    /// <summary>Without any child no orphan can come either: only a start ends the wait, the timeout covers a wrong guess.</summary>
    private void WaitForStart(long seen)
    {
        lock (_wake)
        {
            if (_starts == seen)
            {
                Monitor.Wait(_wake, TimeSpan.FromSeconds(5));
            }
        }
    }

    private void Reap(int pid)
    {
        ExitStatus status;
        lock (_gate)
        {
            // A child whose executable could not be started is reaped by posix_spawn itself.
            if (TryCollect(pid) is not { } collected)
            {
                return;
            }

            status = collected;
            if (_children.Remove(pid, out ChildProcess? child))
            {
                child.SetReaped(status);
                return;
            }
        }

        _onOrphan?.Invoke(pid, status);
    }

    /// <summary>Waits without reaping; 0 when there are no children.</summary>
    private static unsafe int WaitForExit()
    {
        while (true)
        {
            SigInfo info = default;
            if (WaitId(AnyChild, 0, &info, WaitExited | WaitNoReap) == 0)
            {
                return info.Pid;
            }

            Errno error = (Errno)Marshal.GetLastPInvokeError();
            if (error is Errno.ECHILD)
            {
                return 0;
            }

            if (error is not Errno.EINTR)
            {
                throw new LinuxException(error, "waitid", "any child");
            }
        }
    }

    private static unsafe ExitStatus? TryCollect(int pid)
    {
        int status = 0;
        while (WaitPid(pid, &status, 0) < 0)
        {
            Errno error = (Errno)Marshal.GetLastPInvokeError();
            if (error is Errno.ECHILD)
            {
                return null;
            }

            if (error is not Errno.EINTR)
            {
                throw new LinuxException(error, "waitpid", $"pid {pid}");
            }
        }

        return ExitStatus.FromWaitStatus(status);
    }

    [LibraryImport("libc", EntryPoint = "waitid", SetLastError = true)]
    private static unsafe partial int WaitId(int kind, int id, SigInfo* info, int options);

    [LibraryImport("libc", EntryPoint = "waitpid", SetLastError = true)]
    private static unsafe partial int WaitPid(int pid, int* status, int options);

    [LibraryImport("libc", EntryPoint = "prctl", SetLastError = true)]
    private static partial int PrCtl(int option, nuint a, nuint b, nuint c, nuint d);

    /// <summary><c>siginfo_t</c> of a child, asm-generic/siginfo.h (64-bit).</summary>
    [StructLayout(LayoutKind.Explicit, Size = 128)]
    internal struct SigInfo
    {
        [FieldOffset(16)] public int Pid;
    }
}
