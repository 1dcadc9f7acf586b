using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Talos.Linux;

/// <summary>How a descriptor is opened; it is always close-on-exec.</summary>
/// <remarks>Source: asm-generic/fcntl.h; the values here are the same on arm64 and x64.</remarks>
[Flags]
public enum OpenFlags
{
    /// <summary>For reading.</summary>
    ReadOnly = 0,
    /// <summary>For writing.</summary>
    WriteOnly = 1,
    /// <summary>For both.</summary>
    ReadWrite = 2,
    /// <summary>Fails when the block device is mounted or held; with other files, when the file exists.</summary>
    Exclusive = 0x80,
    /// <summary>Does not become the controlling terminal.</summary>
    NoTerminal = 0x100,
    /// <summary>Writes go to the end.</summary>
    Append = 0x400,
    /// <summary>Reads and writes do not block.</summary>
    NonBlocking = 0x800,
}

/// <summary>Raw descriptors: device nodes, pipes and the standard streams.</summary>
public static partial class Descriptors
{
    private const int CloseOnExec = 0x80000;

    /// <summary>Opens an existing file or device node.</summary>
    /// <exception cref="LinuxException">The node is absent or refuses.</exception>
    /// <remarks>Source: open(2).</remarks>
    public static SafeFileHandle Open(string path, OpenFlags flags) => OpenWith(path, (int)flags);

    /// <summary>Opens a block device past the page cache: offsets, lengths and buffers have to be multiples of its sector size.</summary>
    /// <exception cref="LinuxException"><see cref="Errno.EINVAL"/>: it has no direct access.</exception>
    /// <remarks>Source: open(2), O_DIRECT.</remarks>
    public static SafeFileHandle OpenDirect(string path, OpenFlags flags) => OpenWith(path, (int)flags | DirectOn(RuntimeInformation.ProcessArchitecture));

    /// <summary><c>O_DIRECT</c>, one of the few flags whose value depends on the architecture.</summary>
    internal static int DirectOn(Architecture architecture) => architecture is Architecture.Arm64 ? 0x10000 : 0x4000;

    private static SafeFileHandle OpenWith(string path, int flags)
    {
        while (true)
        {
            SafeFileHandle handle = OpenNative(path, flags | CloseOnExec, 0);
            if (!handle.IsInvalid)
            {
                return handle;
            }

            if (Marshal.GetLastPInvokeError() != (int)Errno.EINTR)
            {
                throw LinuxException.FromLastError("open", path);
            }
        }
    }

    /// <summary>A pipe whose ends are close-on-exec.</summary>
    /// <remarks>Source: pipe2(2).</remarks>
    public static unsafe (SafeFileHandle Read, SafeFileHandle Write) CreatePipe()
    {
        int* ends = stackalloc int[2];
        if (Pipe2(ends, CloseOnExec) != 0)
        {
            throw LinuxException.FromLastError("pipe2", "");
        }

        return (new SafeFileHandle(ends[0], ownsHandle: true), new SafeFileHandle(ends[1], ownsHandle: true));
    }

    /// <summary>Makes descriptor 0 read <c>/dev/null</c> and 1 and 2 write to <paramref name="output"/>.</summary>
    /// <remarks>
    /// The first thing PID 1 does: with a terminal on descriptor 0 the .NET runtime may register for SIGCHLD
    /// and reap every child.
    /// </remarks>
    public static void RedirectStandardStreams(string output = "/dev/null")
    {
        using SafeFileHandle input = Open("/dev/null", OpenFlags.ReadOnly);
        using SafeFileHandle sink = Open(output, OpenFlags.WriteOnly | OpenFlags.NoTerminal);

        Duplicate(input, 0);
        Duplicate(sink, 1);
        Duplicate(sink, 2);
    }

    /// <summary>Waits until <paramref name="handle"/> can be read.</summary>
    /// <returns>False when the time is over first, or a signal came.</returns>
    /// <remarks>Source: poll(2).</remarks>
    public static unsafe bool WaitReadable(SafeFileHandle handle, TimeSpan timeout)
    {
        ArgumentNullException.ThrowIfNull(handle);
        bool taken = false;
        try
        {
            handle.DangerousAddRef(ref taken);
            PollFd entry = new() { Fd = (int)handle.DangerousGetHandle(), Events = 1 };
            int ready = Poll(&entry, 1, timeout == Timeout.InfiniteTimeSpan ? -1 : (int)Math.Clamp(timeout.TotalMilliseconds, 0, int.MaxValue));
            if (ready < 0 && Marshal.GetLastPInvokeError() != (int)Errno.EINTR)
            {
                throw LinuxException.FromLastError("poll", "");
            }

            return ready > 0;
        }
        finally
        {
            if (taken)
            {
                handle.DangerousRelease();
            }
        }
    }

    /// <summary>Reads what is there; waits for the first byte.</summary>
    /// <returns>Bytes read; 0 at the end.</returns>
    /// <exception cref="LinuxException">The descriptor cannot be read.</exception>
    public static int ReadSome(SafeFileHandle handle, Span<byte> buffer, string subject) => Read(handle, buffer, subject);

    /// <summary>Writes a few bytes in one go.</summary>
    /// <exception cref="LinuxException">Nobody reads any more, or the descriptor cannot be written.</exception>
    public static void WriteAll(SafeFileHandle handle, ReadOnlySpan<byte> data, string subject) => Write(handle, data, subject);

    /// <summary>One read(2).</summary>
    /// <returns>Bytes read; 0 at the end; -1 when a non-blocking descriptor has nothing.</returns>
    internal static unsafe int Read(SafeFileHandle handle, Span<byte> buffer, string subject)
    {
        fixed (byte* start = buffer)
        {
            while (true)
            {
                nint count = ReadNative(handle, start, (nuint)buffer.Length);
                if (count >= 0)
                {
                    return (int)count;
                }

                Errno error = (Errno)Marshal.GetLastPInvokeError();
                if (error is Errno.EAGAIN)
                {
                    return -1;
                }

                if (error is not Errno.EINTR)
                {
                    throw new LinuxException(error, "read", subject);
                }
            }
        }
    }

    /// <summary>One write(2) that must take all of <paramref name="data"/>.</summary>
    internal static unsafe void Write(SafeFileHandle handle, ReadOnlySpan<byte> data, string subject)
    {
        fixed (byte* start = data)
        {
            while (WriteNative(handle, start, (nuint)data.Length) < 0)
            {
                if (Marshal.GetLastPInvokeError() != (int)Errno.EINTR)
                {
                    throw LinuxException.FromLastError("write", subject);
                }
            }
        }
    }

    /// <summary>ioctl(2) with a pointer.</summary>
    internal static unsafe int Ioctl(SafeFileHandle handle, nuint request, void* argument, string call, string subject)
    {
        while (true)
        {
            int result = IoctlNative(handle, request, argument);
            if (result >= 0)
            {
                return result;
            }

            if (Marshal.GetLastPInvokeError() != (int)Errno.EINTR)
            {
                throw LinuxException.FromLastError($"ioctl {call}", subject);
            }
        }
    }

    private static void Duplicate(SafeFileHandle handle, int target)
    {
        if (Dup2(handle, target) < 0)
        {
            throw LinuxException.FromLastError("dup2", $"descriptor {target}");
        }
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial SafeFileHandle OpenNative(string path, int flags, uint mode);

    [LibraryImport("libc", EntryPoint = "pipe2", SetLastError = true)]
    private static unsafe partial int Pipe2(int* ends, int flags);

    [LibraryImport("libc", EntryPoint = "dup2", SetLastError = true)]
    private static partial int Dup2(SafeFileHandle source, int target);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    private static unsafe partial int Poll(PollFd* entries, nuint count, int milliseconds);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    private static unsafe partial nint ReadNative(SafeFileHandle fd, byte* buffer, nuint count);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    private static unsafe partial nint WriteNative(SafeFileHandle fd, byte* buffer, nuint count);

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static unsafe partial int IoctlNative(SafeFileHandle fd, nuint request, void* argument);

    /// <summary><c>struct pollfd</c>, poll.h.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct PollFd
    {
        public int Fd;
        public short Events;
        public short Returned;
    }
}
