using System.Globalization;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Talos.Config;
using Talos.Cosi;
using Talos.Resources.Config;
using Talos.Resources.Network;
using Talos.Resources.Time;
using Talos.Time.Ntp;
using Talos.Time.Ports;
using Talos.Time.Rules;

namespace Talos.Time.Controllers;

/// <summary>Keeps the clock in step with time servers and tells whether it is.</summary>
internal sealed partial class SyncController(IClock clock, INtpServers ntp, StartClock start, TimeProvider time, ILogger<SyncController> log)
    : ITriggeredController
{
    private static readonly TimeSpan KeepEvery = TimeSpan.FromHours(1);
    private static readonly TimeSpan UnsyncedLook = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly long _began = time.GetTimestamp();
    private readonly PollMachine _poll = new(time);
    private IReadOnlyList<string> _servers = [];
    private bool _enabled;
    private int _epoch;
    private AdjtimeStatus? _last;
    private string _complaint = "";
    private long? _kept;

    public string Name => "time.SyncController";

    public IReadOnlyList<ControllerInput> Inputs { get; } =
        [ControllerInput.Weak<TimeServerStatus>(), ControllerInput.Weak<MachineConfig>(), ControllerInput.Weak<NetworkStatus>()];

    public IReadOnlyList<ControllerOutput> Outputs { get; } =
        [ControllerOutput.Exclusive<TimeStatus>(), ControllerOutput.Exclusive<AdjtimeStatus>()];

    public async Task ReconcileAsync(IControllerContext context, CancellationToken ct)
    {
        TimeConfiguration config = context.Find<MachineConfig>(MachineConfig.ActiveId) is { } resource
            ? ConfigReader.Parsed(resource.Spec.Yaml).Time
            : new TimeConfiguration();
        bool connected = context.Find<NetworkStatus>(NetworkStatus.Id) is { Spec.ConnectivityReady: true };
        ValueList<string> servers = context.Find<TimeServerStatus>(TimeServerStatus.Id)?.Spec.TimeServers ?? [];

        TimeSpan waited = time.GetElapsedTime(_began);
        bool waitedLongEnough = config.BootTimeout is { } timeout && waited >= timeout;
        if (config is { Enabled: true, BootTimeout: { } limit } && !waitedLongEnough)
        {
            context.RequeueAfter(limit - waited);
        }

        TimeStatus status;
        AdjtimeStatus? last;
        lock (_lock)
        {
            _enabled = config.Enabled && connected;
            _servers = [.. servers];
            last = _last;
            status = new TimeStatus
            {
                Synced = !config.Enabled || _poll.Synced || waitedLongEnough,
                Epoch = _epoch,
                SyncDisabled = !config.Enabled,
            };
        }

        _wake.Writer.TryWrite(true);
        await context.WriteAsync(TimeStatus.Id, status, ct);
        if (last is not null)
        {
            await context.WriteAsync(AdjtimeStatus.Id, last, ct);
        }
    }

    public async Task RunTriggersAsync(Action reconcile, CancellationToken ct)
    {
        IReadOnlyList<string> asked = [];
        TimeSpan pause = TimeSpan.Zero;
        while (true)
        {
            IReadOnlyList<string> servers;
            lock (_lock)
            {
                servers = _enabled ? _servers : [];
            }

            bool due = pause <= TimeSpan.Zero || !servers.SequenceEqual(asked);
            if (servers.Count > 0 && due)
            {
                asked = servers;
                pause = await RoundAsync(servers, reconcile, ct).ConfigureAwait(false);
            }
            else if (servers.Count == 0)
            {
                asked = [];
                pause = TimeSpan.Zero;
            }

            if (!_poll.Synced && start.Apply())
            {
                Jumped(reconcile);
            }

            pause -= await PauseAsync(pause, ct).ConfigureAwait(false);
        }
    }

    /// <summary>Waits until it is time to ask, or something changed, or the clock is to be looked at.</summary>
    private async Task<TimeSpan> PauseAsync(TimeSpan pause, CancellationToken ct)
    {
        TimeSpan look = pause > TimeSpan.Zero && (pause < UnsyncedLook || _poll.Synced) ? pause : UnsyncedLook;
        long started = time.GetTimestamp();
        using CancellationTokenSource timer = new(look, time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, ct);
        try
        {
            await _wake.Reader.ReadAsync(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            // The time is over.
        }

        return time.GetElapsedTime(started);
    }

    private async Task<TimeSpan> RoundAsync(IReadOnlyList<string> servers, Action reconcile, CancellationToken ct)
    {
        NtpAnswer[] answers = await Task.WhenAll(_poll.Usable(servers).Select(s => ntp.AskAsync(s, ct))).ConfigureAwait(false);
        PollDecision decision;
        bool first = !_poll.Synced;
        lock (_lock)
        {
            decision = _poll.Take(answers);
        }

        if (decision is { Adjust: { } offset, By: { } by })
        {
            Apply(offset, decision.Step, by, first, reconcile);
        }
        else if (decision.By is null)
        {
            Complain(answers);
        }

        return decision.Next;
    }

    /// <summary>The same problem is told once, and again when it was another meanwhile.</summary>
    private void Complain(NtpAnswer[] answers)
    {
        string complaint = string.Join("; ", answers.Select(a => $"{a.Server}: {a.Problem}"));
        if (complaint != _complaint)
        {
            _complaint = complaint;
            foreach (NtpAnswer answer in answers.Where(a => a.Problem.Length > 0))
            {
                LogNoAnswer(answer.Server, answer.Problem);
            }
        }
    }

    private void Apply(TimeSpan offset, bool step, NtpAnswer.Measured by, bool first, Action reconcile)
    {
        _complaint = "";
        if (step)
        {
            DateTimeOffset before = clock.Now;
            clock.Step(before + offset);
            LogStepped(by.Server, before, offset);
            Jumped(reconcile);
        }
        else
        {
            clock.Slew(offset, by.Sample.RootDistance);
        }

        if (first && !step)
        {
            LogInStep(by.Server, offset);
        }

        lock (_lock)
        {
            _last = new AdjtimeStatus
            {
                Offset = Milliseconds(offset),
                EstError = Milliseconds(by.Sample.Delay / 2),
                MaxError = Milliseconds(by.Sample.RootDistance),
                Status = $"{(step ? "stepped" : "slewed")} by {by.Server}",
                SyncStatus = true,
            };
        }

        Keep(step);
        reconcile();
    }

    /// <summary>Keeps the time on disk and in the board's clock, after a jump and once an hour.</summary>
    private void Keep(bool jumped)
    {
        if (!jumped && _kept is { } before && time.GetElapsedTime(before) < KeepEvery)
        {
            return;
        }

        _kept = time.GetTimestamp();
        clock.KeepLastKnown(clock.Now);
        try
        {
            clock.WriteHardware(clock.Now);
        }
        catch (IOException e)
        {
            LogHardware(e.Message);
        }
    }

    private void Jumped(Action reconcile)
    {
        lock (_lock)
        {
            _epoch++;
        }

        reconcile();
    }

    private static string Milliseconds(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds:F3}ms");

    [LoggerMessage(LogLevel.Information, "Clock stepped by {Offset} at {Before:O}, as {Server} says")]
    private partial void LogStepped(string server, DateTimeOffset before, TimeSpan offset);

    [LoggerMessage(LogLevel.Information, "Clock is in step with {Server}, offset {Offset}")]
    private partial void LogInStep(string server, TimeSpan offset);

    [LoggerMessage(LogLevel.Warning, "Time server {Server}: {Reason}")]
    private partial void LogNoAnswer(string server, string reason);

    [LoggerMessage(LogLevel.Warning, "Hardware clock not set: {Problem}")]
    private partial void LogHardware(string problem);
}
