using Microsoft.Extensions.Logging;
using Talos.Linux;

namespace Talos.Machined.Watchdogs;

/// <summary>The armed watchdog of the board, if there is one.</summary>
/// <param name="open">Opens a device; null when the board has none.</param>
/// <param name="log">Where to tell.</param>
internal sealed partial class BoardWatchdog(Func<string, IWatchdogDevice?> open, ILogger<BoardWatchdog> log)
{
    private readonly Lock _lock = new();
    private IWatchdogDevice? _device;
    private WantedWatchdog? _wanted;
    private TimeSpan _timeout;

    /// <summary>What is armed and the time without a feed after which the board resets; null when nothing is.</summary>
    public (string Device, TimeSpan Timeout)? Armed
    {
        get
        {
            lock (_lock)
            {
                return _device is null ? null : (_wanted!.Device, _timeout);
            }
        }
    }

    /// <summary>Arms what is wanted instead of what is armed; does nothing when that is the same.</summary>
    /// <param name="wanted">Null: no watchdog.</param>
    /// <param name="board">The board's watchdog, which stage 1 armed; it is stopped when another one takes its place.</param>
    /// <returns>False when the wanted device is not there (yet).</returns>
    public bool TryArm(WantedWatchdog? wanted, string? board)
    {
        lock (_lock)
        {
            if (_wanted == wanted)
            {
                return true;
            }

            if (wanted is null)
            {
                DisarmNow();
                return true;
            }

            if (wanted.Device == _wanted?.Device)
            {
                _timeout = SetTimeout(_device!, wanted);
            }
            else if (open(wanted.Device) is { } device)
            {
                DisarmNow();
                if (board is { Length: > 0 } && board != wanted.Device)
                {
                    open(board)?.Disarm();
                }

                _device = device;
                _timeout = SetTimeout(device, wanted);
            }
            else
            {
                return false;
            }

            _wanted = wanted;
        }

        LogArmed(wanted.Device, _timeout.TotalSeconds);
        return true;
    }

    /// <summary>Begins the time anew.</summary>
    public void Feed()
    {
        lock (_lock)
        {
            _device?.Feed();
        }
    }

    /// <summary>Stops it: the board is to stay off, or nobody is going to feed.</summary>
    public void Disarm()
    {
        lock (_lock)
        {
            DisarmNow();
        }
    }

    private void DisarmNow()
    {
        _device?.Disarm();
        (_device, _wanted) = (null, null);
    }

    private static TimeSpan SetTimeout(IWatchdogDevice device, WantedWatchdog wanted)
    {
        foreach (TimeSpan timeout in wanted.Timeouts.SkipLast(1))
        {
            try
            {
                return device.SetTimeout(timeout);
            }
            catch (LinuxException e) when (e.Error is Errno.EINVAL)
            {
                // Longer than this driver can wait.
            }
        }

        return device.SetTimeout(wanted.Timeouts[^1]);
    }

    [LoggerMessage(LogLevel.Information, "Watchdog {Device} armed with {Seconds} s")]
    private partial void LogArmed(string device, double seconds);
}
