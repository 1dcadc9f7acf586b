using Talos.Linux;

namespace Talos.Machined.Watchdogs;

/// <summary>An open watchdog of the board; open means armed.</summary>
internal interface IWatchdogDevice
{
    /// <summary>Sets the time without a feed after which the board resets.</summary>
    /// <returns>The time the driver took.</returns>
    /// <exception cref="LinuxException"><see cref="Errno.EINVAL"/>: out of the driver's range.</exception>
    TimeSpan SetTimeout(TimeSpan timeout);

    /// <summary>Begins the time anew.</summary>
    void Feed();

    /// <summary>Stops and closes it.</summary>
    void Disarm();
}

/// <inheritdoc/>
internal sealed class LinuxWatchdog(Watchdog device) : IWatchdogDevice
{
    /// <summary>Opens a device; null when the board has none.</summary>
    public static LinuxWatchdog? TryOpen(string path) => Watchdog.TryOpen(path) is { } device ? new LinuxWatchdog(device) : null;

    public TimeSpan SetTimeout(TimeSpan timeout) => device.SetTimeout(timeout);

    public void Feed() => device.Feed();

    public void Disarm()
    {
        device.Disarm();
        device.Dispose();
    }
}
