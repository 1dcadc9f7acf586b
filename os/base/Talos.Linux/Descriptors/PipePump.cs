using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Talos.Linux;

/// <summary>Takes what came out of a pipe; called on the pump's thread, must neither wait nor throw.</summary>
public delegate void PipeData(ReadOnlySpan<byte> data);

/// <summary>Reads many pipes with one thread.</summary>
public sealed unsafe partial class PipePump
{
    private const short Readable = 1;

    private readonly Lock _lock = new();
    private readonly List<Source> _sources = [];
    private readonly SafeFileHandle _wakeRead;
    private readonly SafeFileHandle _wakeWrite;

    private PipePump() => (_wakeRead, _wakeWrite) = Descriptors.CreatePipe();

    /// <summary>Starts the pump's thread, which runs as long as the process.</summary>
    public static PipePump Start()
    {
        PipePump pump = new();
        new Thread(pump.Run, maxStackSize: 256 * 1024) { IsBackground = true, Name = "pipes" }.Start();
        return pump;
    }

    /// <summary>Reads a pipe until its end and closes it then.</summary>
    public void Add(SafeFileHandle pipe, PipeData onData)
    {
        lock (_lock)
        {
            _sources.Add(new Source(pipe, onData));
        }

        Descriptors.Write(_wakeWrite, [0], "pump");
    }

    private void Run()
    {
        byte[] buffer = new byte[16 * 1024];
        while (true)
        {
            Source[] sources;
            lock (_lock)
            {
                sources = [.. _sources];
            }

            Descriptors.PollFd[] entries = new Descriptors.PollFd[sources.Length + 1];
            entries[0] = Entry(_wakeRead);
            for (int i = 0; i < sources.Length; i++)
            {
                entries[i + 1] = Entry(sources[i].Pipe);
            }

            fixed (Descriptors.PollFd* first = entries)
            {
                if (Poll(first, (nuint)entries.Length, -1) < 0)
                {
                    continue;
                }
            }

            if (entries[0].Returned != 0)
            {
                _ = Descriptors.Read(_wakeRead, buffer, "pump");
            }

            for (int i = 0; i < sources.Length; i++)
            {
                if (entries[i + 1].Returned != 0)
                {
                    ReadOnce(sources[i], buffer);
                }
            }
        }
    }

    private void ReadOnce(Source source, byte[] buffer)
    {
        int count;
        try
        {
            count = Descriptors.Read(source.Pipe, buffer, "pipe");
        }
        catch (LinuxException)
        {
            count = 0;
        }

        if (count > 0)
        {
            source.OnData(buffer.AsSpan(0, count));
        }
        else if (count == 0)
        {
            lock (_lock)
            {
                _sources.Remove(source);
            }

            source.Pipe.Dispose();
        }
    }

    /// <summary>Only the pump closes the handles it polls, so their numbers stay theirs.</summary>
    private static Descriptors.PollFd Entry(SafeFileHandle handle) => new() { Fd = (int)handle.DangerousGetHandle(), Events = Readable };

    private sealed record Source(SafeFileHandle Pipe, PipeData OnData);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    private static partial int Poll(Descriptors.PollFd* entries, nuint count, int timeout);
}
