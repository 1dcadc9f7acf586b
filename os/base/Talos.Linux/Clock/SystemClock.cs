using System.Runtime.InteropServices;

namespace Talos.Linux;

/// <summary>Sets the kernel's wall clock. Source: clock_settime(2), adjtimex(2).</summary>
public static unsafe partial class SystemClock
{
    internal const int Realtime = 0, BootTime = 7;
    internal const uint ModeOffset = 0x1, ModeMaxError = 0x4, ModeEstimatedError = 0x8, ModeStatus = 0x10, ModeTimeConstant = 0x20, ModeNano = 0x2000;
    internal const int StatusPll = 0x1, StatusUnsynchronized = 0x40, StatusNano = 0x2000;

    /// <summary>Time since the kernel started, with the time asleep.</summary>
    public static TimeSpan SinceBoot()
    {
        TimeSpec time = default;
        if (GetTime(BootTime, &time) != 0)
        {
            throw LinuxException.FromLastError("clock_gettime", "CLOCK_BOOTTIME");
        }

        return TimeSpan.FromSeconds(time.Seconds) + TimeSpan.FromTicks(time.Nanoseconds / 100);
    }

    /// <summary>Steps the clock.</summary>
    public static void Set(DateTimeOffset time)
    {
        long ticks = time.UtcTicks - DateTimeOffset.UnixEpoch.Ticks;
        (long seconds, long rest) = Math.DivRem(ticks, TimeSpan.TicksPerSecond);
        if (rest < 0)
        {
            seconds--;
            rest += TimeSpan.TicksPerSecond;
        }

        TimeSpec value = new() { Seconds = seconds, Nanoseconds = rest * 100 };
        if (SetTime(Realtime, &value) != 0)
        {
            throw LinuxException.FromLastError("clock_settime", $"{time:O}");
        }
    }

    /// <summary>Corrects the clock slowly by the kernel's phase-locked loop and marks it synchronised.</summary>
    /// <param name="offset">What to add; at most half a second either way.</param>
    /// <param name="error">Estimated error of the clock.</param>
    public static void Slew(TimeSpan offset, TimeSpan error)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset.Duration(), TimeSpan.FromSeconds(0.5));
        Timex request = new()
        {
            Modes = ModeOffset | ModeMaxError | ModeEstimatedError | ModeStatus | ModeTimeConstant | ModeNano,
            Offset = offset.Ticks * 100,
            MaxError = (long)error.TotalMicroseconds,
            EstimatedError = (long)error.TotalMicroseconds,
            Status = StatusPll,
            Constant = 6,
        };
        Adjust(&request);
    }

    /// <summary>Marks the clock synchronised: the kernel then keeps the hardware clock in step.</summary>
    /// <param name="error">Estimated error of the clock.</param>
    public static void MarkSynchronized(TimeSpan error)
    {
        Timex request = new()
        {
            Modes = ModeMaxError | ModeEstimatedError | ModeStatus,
            MaxError = (long)error.TotalMicroseconds,
            EstimatedError = (long)error.TotalMicroseconds,
            Status = StatusPll,
        };
        Adjust(&request);
    }

    /// <summary>Whether something has synchronised the clock.</summary>
    public static bool IsSynchronized()
    {
        Timex request = default;
        Adjust(&request);
        return (request.Status & StatusUnsynchronized) == 0;
    }

    private static void Adjust(Timex* request)
    {
        if (AdjTimex(request) < 0)
        {
            throw LinuxException.FromLastError("adjtimex", $"modes 0x{request->Modes:x}");
        }
    }

    [LibraryImport("libc", EntryPoint = "clock_gettime", SetLastError = true)]
    private static partial int GetTime(int clock, TimeSpec* time);

    [LibraryImport("libc", EntryPoint = "clock_settime", SetLastError = true)]
    private static partial int SetTime(int clock, TimeSpec* time);

    [LibraryImport("libc", EntryPoint = "adjtimex", SetLastError = true)]
    private static partial int AdjTimex(Timex* request);

    /// <summary><c>struct timespec</c>, time.h (64-bit).</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct TimeSpec
    {
        public long Seconds;
        public long Nanoseconds;
    }

    /// <summary><c>struct timex</c>, sys/timex.h (64-bit).</summary>
    [StructLayout(LayoutKind.Explicit, Size = 208)]
    internal struct Timex
    {
        [FieldOffset(0)] public uint Modes;
        [FieldOffset(8)] public long Offset;
        [FieldOffset(24)] public long MaxError;
        [FieldOffset(32)] public long EstimatedError;
        [FieldOffset(40)] public int Status;
        [FieldOffset(48)] public long Constant;
    }
}
