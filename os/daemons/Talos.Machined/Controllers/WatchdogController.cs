using System.Globalization;
using Microsoft.Extensions.Logging;
using Talos.Config;
using Talos.Cosi;
using Talos.Linux;
using Talos.Resources.Config;
using Talos.Resources.Runtime;

namespace Talos.Machined.Controllers;

/// <summary>Arms the board's watchdog as the machine config says and feeds it: a hung first process resets the board.</summary>
/// <param name="open">Opens a device; null when the board has none.</param>
/// <param name="time">The clock of the feeding.</param>
/// <param name="log">Where to tell.</param>
internal sealed partial class WatchdogController(
    Func<string, IWatchdogDevice?> open, TimeProvider time, ILogger<WatchdogController> log) : ITriggeredController
{
    /// <summary>Feeds within one timeout.</summary>
    private const int FeedsPerTimeout = 3;

    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private IWatchdogDevice? _device;
    private WatchdogConfiguration? _armed;

    /// <inheritdoc/>
    public string Name => "runtime.WatchdogController";

    /// <inheritdoc/>
    public IReadOnlyList<ControllerInput> Inputs { get; } = [ControllerInput.Weak<MachineConfig>()];

    /// <inheritdoc/>
    public IReadOnlyList<ControllerOutput> Outputs { get; } = [ControllerOutput.Exclusive<WatchdogTimerStatus>()];

    /// <inheritdoc/>
    public async Task ReconcileAsync(IControllerContext context, CancellationToken ct)
    {
        WatchdogConfiguration? wanted = context.Find<MachineConfig>(MachineConfig.ActiveId) is { Phase: ResourcePhase.Running } config
            ? ConfigReader.Parse(config.Spec.Yaml).Watchdog
            : null;
        if (wanted != _armed)
        {
            Disarm();
            Arm(wanted);
        }

        if (_armed is { } armed)
        {
            string timeout = armed.Timeout.TotalSeconds.ToString("0", CultureInfo.InvariantCulture) + "s";
            await context.WriteAsync(WatchdogTimerStatus.Id, new WatchdogTimerStatus { Device = armed.Device, Timeout = timeout }, ct);
        }
        else
        {
            await context.DestroyAsync<WatchdogTimerStatus>(WatchdogTimerStatus.Id, ct);
        }
    }

    /// <inheritdoc/>
    public async Task RunTriggersAsync(Action reconcile, CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            TimeSpan pause = Idle;
            lock (_lock)
            {
                if (_device is { } device && _armed is { } armed)
                {
                    device.Feed();
                    pause = armed.Timeout / FeedsPerTimeout;
                }
            }

            await Task.Delay(pause, time, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private void Arm(WatchdogConfiguration? wanted)
    {
        if (wanted is null)
        {
            return;
        }

        IWatchdogDevice device = open(wanted.Device) ?? throw new IOException($"{wanted.Device}: this board has no such watchdog");
        device.SetTimeout(wanted.Timeout);
        lock (_lock)
        {
            (_device, _armed) = (device, wanted);
        }

        LogArmed(wanted.Device, wanted.Timeout.TotalSeconds);
    }

    private void Disarm()
    {
        lock (_lock)
        {
            _device?.Disarm();
            (_device, _armed) = (null, null);
        }
    }

    [LoggerMessage(LogLevel.Information, "Watchdog {Device} armed with {Seconds} s")]
    private partial void LogArmed(string device, double seconds);
}

/// <summary>A watchdog of the board.</summary>
internal interface IWatchdogDevice
{
    /// <summary>Sets the time without a feed after which the board resets.</summary>
    void SetTimeout(TimeSpan timeout);

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

    public void SetTimeout(TimeSpan timeout) => device.SetTimeout(timeout);

    public void Feed() => device.Feed();

    public void Disarm()
    {
        device.Disarm();
        device.Dispose();
    }
}
