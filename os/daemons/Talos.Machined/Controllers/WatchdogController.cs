using System.Globalization;
using Microsoft.Extensions.Logging;
using Talos.Config;
using Talos.Cosi;
using Talos.Machined.Watchdogs;
using Talos.Resources.Config;
using Talos.Resources.Runtime;

namespace Talos.Machined.Controllers;

/// <summary>Arms the watchdog of the board and feeds it for as long as all parts of this process answer: a hung one resets the board.</summary>
internal sealed partial class WatchdogController : ITriggeredController
{
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(5);

    private readonly BoardWatchdog _watchdog;
    private readonly string? _board;
    private readonly LoopPulse _pulse;
    private readonly TimeProvider _time;
    private readonly ILogger<WatchdogController> _log;
    private Action? _wake;
    private TaskCompletionSource? _asked;
    private (string Yaml, WatchdogConfiguration? Watchdog) _config = ("", null);

    /// <param name="watchdog">The watchdog.</param>
    /// <param name="board">Device of the board's watchdog; null when it has none.</param>
    /// <param name="pulse">Asks the parts; this controller adds the controller runtime.</param>
    /// <param name="time">The clock of the feeding.</param>
    /// <param name="log">Where to tell.</param>
    public WatchdogController(BoardWatchdog watchdog, string? board, LoopPulse pulse, TimeProvider time, ILogger<WatchdogController> log)
    {
        (_watchdog, _board, _pulse, _time, _log) = (watchdog, board, pulse, time, log);
        pulse.Add("the controller runtime", AnswerAsync);
    }

    /// <inheritdoc/>
    public string Name => "runtime.WatchdogController";

    /// <inheritdoc/>
    public IReadOnlyList<ControllerInput> Inputs { get; } = [ControllerInput.Weak<MachineConfig>()];

    /// <inheritdoc/>
    public IReadOnlyList<ControllerOutput> Outputs { get; } = [ControllerOutput.Exclusive<WatchdogTimerStatus>()];

    /// <inheritdoc/>
    public async Task ReconcileAsync(IControllerContext context, CancellationToken ct)
    {
        TaskCompletionSource? asked = Interlocked.Exchange(ref _asked, null);
        WantedWatchdog? wanted = WatchdogRules.Wanted(Configured(context), _board);
        if (!_watchdog.TryArm(wanted, _board))
        {
            // Its driver comes with udevd, or it does not come.
            context.RequeueAfter(Idle);
        }

        if (_watchdog.Armed is { } armed)
        {
            string timeout = armed.Timeout.TotalSeconds.ToString("0", CultureInfo.InvariantCulture) + "s";
            await context.WriteAsync(WatchdogTimerStatus.Id, new WatchdogTimerStatus { Device = armed.Device, Timeout = timeout }, ct);
        }
        else
        {
            await context.DestroyAsync<WatchdogTimerStatus>(WatchdogTimerStatus.Id, ct);
        }

        asked?.TrySetResult();
    }

    /// <inheritdoc/>
    public async Task RunTriggersAsync(Action reconcile, CancellationToken ct)
    {
        _wake = reconcile;
        while (!ct.IsCancellationRequested)
        {
            TimeSpan pause = Idle;
            if (_watchdog.Armed is { } armed)
            {
                FeedUnlessSilent(armed.Timeout);
                _pulse.Ask();
                pause = armed.Timeout / WatchdogRules.FeedsPerTimeout;
            }

            await Task.Delay(pause, _time, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private void FeedUnlessSilent(TimeSpan timeout)
    {
        if (WatchdogRules.Objection(_pulse.Silences, timeout) is { } objection)
        {
            LogNotFed(objection, timeout.TotalSeconds);
            return;
        }

        _watchdog.Feed();
    }

    /// <summary>The controller runtime is alive when it brings this controller to its next reconcile.</summary>
    private Task AnswerAsync(CancellationToken ct)
    {
        TaskCompletionSource asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Volatile.Write(ref _asked, asked);
        _wake?.Invoke();
        return asked.Task.WaitAsync(ct);
    }

    private WatchdogConfiguration? Configured(IControllerContext context)
    {
        string yaml = context.Find<MachineConfig>(MachineConfig.ActiveId) is { Phase: ResourcePhase.Running } config ? config.Spec.Yaml : "";
        if (yaml != _config.Yaml)
        {
            _config = (yaml, yaml.Length == 0 ? null : ConfigReader.Parse(yaml).Watchdog);
        }

        return _config.Watchdog;
    }

    [LoggerMessage(LogLevel.Error, "Watchdog not fed: {Objection}; the board resets within {Seconds} s unless it answers")]
    private partial void LogNotFed(string objection, double seconds);
}
