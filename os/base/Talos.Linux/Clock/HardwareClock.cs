using Microsoft.Win32.SafeHandles;

namespace Talos.Linux;

/// <summary>The board's clock that runs on without power, in UTC. Source: linux/rtc.h.</summary>
public sealed unsafe class HardwareClock : IDisposable
{
    internal const nuint ReadTime = 0x8024_7009, SetTime = 0x4024_700A;

    private readonly SafeFileHandle _device;

    private HardwareClock(SafeFileHandle device) => _device = device;

    /// <summary>Opens the clock; null on a board without one.</summary>
    public static HardwareClock? TryOpen(string path = "/dev/rtc0") =>
        Files.TryStatus(path) is null ? null : new HardwareClock(Descriptors.Open(path, OpenFlags.ReadOnly));

    /// <summary>The time, in whole seconds; null when the clock was never set or holds no date.</summary>
    public DateTimeOffset? TryRead()
    {
        int* fields = stackalloc int[9];
        try
        {
            Descriptors.Ioctl(_device, ReadTime, fields, "RTC_RD_TIME", "rtc");
            return new DateTimeOffset(fields[5] + 1900, fields[4] + 1, fields[3], fields[2], fields[1], fields[0], TimeSpan.Zero);
        }
        catch (LinuxException e) when (e.Error is Errno.EINVAL)
        {
            return null;
        }
        catch (ArgumentOutOfRangeException)
        {
            return null;
        }
    }

    /// <summary>Sets the clock; fractions of a second are cut.</summary>
    public void Write(DateTimeOffset time)
    {
        DateTime utc = time.UtcDateTime;
        int* fields = stackalloc int[9] { utc.Second, utc.Minute, utc.Hour, utc.Day, utc.Month - 1, utc.Year - 1900, 0, 0, 0 };
        Descriptors.Ioctl(_device, SetTime, fields, "RTC_SET_TIME", $"{time:O}");
    }

    /// <inheritdoc/>
    public void Dispose() => _device.Dispose();
}
