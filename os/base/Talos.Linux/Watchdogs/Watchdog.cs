using Microsoft.Win32.SafeHandles;

namespace Talos.Linux;

/// <summary>The hardware watchdog of the board: it resets the board when it is not fed in time.</summary>
/// <remarks>Source: Linux, Documentation/watchdog/watchdog-api.rst.</remarks>
public sealed unsafe class Watchdog : IDisposable
{
    internal const nuint WdiocKeepAlive = 0x8004_5705, WdiocSetTimeout = 0xC004_5706;

    private readonly SafeFileHandle _device;
    private readonly string _path;

    private Watchdog(SafeFileHandle device, string path)
    {
        _device = device;
        _path = path;
    }

    /// <summary>Opens the watchdog, which starts it. Null when the board has none.</summary>
    public static Watchdog? TryOpen(string path) =>
        Files.TryStatus(path) is null ? null : new Watchdog(Descriptors.Open(path, OpenFlags.WriteOnly), path);

    /// <summary>Sets how long the board waits for the next feed before it resets.</summary>
    /// <param name="timeout">At least 1 s; fractions of a second are rounded up.</param>
    /// <returns>The timeout the driver took, in whole seconds; it may differ from the one asked.</returns>
    /// <exception cref="LinuxException"><see cref="Errno.EINVAL"/>: out of the driver's range.</exception>
    public TimeSpan SetTimeout(TimeSpan timeout)
    {
        int seconds = (int)Math.Ceiling(timeout.TotalSeconds);
        Descriptors.Ioctl(_device, WdiocSetTimeout, &seconds, "WDIOC_SETTIMEOUT", $"{_path} {seconds} s");
        return TimeSpan.FromSeconds(seconds);
    }

    /// <summary>Starts the waiting time anew.</summary>
    public void Feed()
    {
        int unused = 0;
        Descriptors.Ioctl(_device, WdiocKeepAlive, &unused, "WDIOC_KEEPALIVE", _path);
    }

    /// <summary>Stops the watchdog when the driver allows it.</summary>
    public void Disarm() => Descriptors.Write(_device, "V"u8, _path);

    /// <summary>Closes the device; the watchdog runs on unless <see cref="Disarm"/> was called.</summary>
    public void Dispose() => _device.Dispose();
}
