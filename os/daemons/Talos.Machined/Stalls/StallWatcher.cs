using Microsoft.Win32.SafeHandles;
using Talos.Linux;

namespace Talos.Machined.Stalls;

/// <summary>The watcher of the first process: a process of its own that reports once when it hears nothing for too long.</summary>
internal static class StallWatcher
{
    /// <summary>Name under which the executable is this watcher.</summary>
    public const string Name = "stallwatch";

    /// <summary>What the first process says each second while the boot moves, and when there is nothing to watch any more.</summary>
    public const byte Moves = (byte)'m', Over = (byte)'o';

    /// <summary>Starts it.</summary>
    /// <returns>The pipe on which it listens.</returns>
    /// <exception cref="IOException">It cannot be started.</exception>
    public static SafeFileHandle Start(Reaper reaper)
    {
        (SafeFileHandle read, SafeFileHandle write) = Descriptors.CreatePipe();
        using (read)
        {
            try
            {
                reaper.Spawn(new ChildOptions { Path = "/proc/self/exe", Name = Name, StandardInput = read });
                return write;
            }
            catch
            {
                write.Dispose();
                throw;
            }
        }
    }

    /// <summary>The entry of the process.</summary>
    public static int Run()
    {
        using SafeFileHandle input = new(0, ownsHandle: false);
        Listen(input, StallRules.Silence, StallReport.Write);
        return 0;
    }

    /// <summary>Listens until it is over; reports once.</summary>
    /// <param name="input">What the first process says.</param>
    /// <param name="silence">How long it may say nothing.</param>
    /// <param name="report">Reports.</param>
    internal static void Listen(SafeFileHandle input, TimeSpan silence, Action<string> report)
    {
        long heard = TimeProvider.System.GetTimestamp();
        bool reported = false;
        byte[] said = new byte[64];
        while (true)
        {
            TimeSpan left = silence - TimeProvider.System.GetElapsedTime(heard);
            if (!reported && left <= TimeSpan.Zero)
            {
                reported = true;
                report($"the first process has said nothing for {silence.TotalSeconds:0.#} s");
            }

            if (!Descriptors.WaitReadable(input, reported ? Timeout.InfiniteTimeSpan : left + TimeSpan.FromMilliseconds(1)))
            {
                continue;
            }

            int count = Descriptors.ReadSome(input, said, "standard input");
            if (count <= 0 || said.AsSpan(0, count).Contains(Over))
            {
                return;
            }

            heard = TimeProvider.System.GetTimestamp();
        }
    }
}
