using Microsoft.Extensions.Logging;
using Talos.Fleet.Protocol;

namespace Talos.Fleet.Agent;

/// <summary>Does what the hub ordered: one thing at a time.</summary>
internal sealed partial class Worker(AgentParts parts, AgentState state, OrderStore orders, OrderDesk desk, EventRecorder events, ILogger<Worker> log)
{
    /// <summary>After which a restart that did not come is asked for again.</summary>
    private static readonly TimeSpan RestartTime = TimeSpan.FromMinutes(5);

    private readonly TimeProvider _time = parts.Time;
    private readonly HoldClock _orderHolds = new(parts.Time);
    private readonly HoldClock _commandHolds = new(parts.Time);
    private Task _work = Task.CompletedTask;
    private (long From, TimeSpan Pause)? _paused;
    private long? _restartAsked;

    /// <summary>Looks what there is to do, and begins it.</summary>
    public async Task StepAsync(CancellationToken ct)
    {
        OrderFile current = orders.Change(o => o.AfterUpgrade(state.Facts, _time.GetUtcNow()));
        if (current.Desired is { } desired)
        {
            state.TelemetryInterval = TimeSpan.FromSeconds(desired.TelemetryIntervalSeconds ?? parts.Settings.TelemetryIntervalSeconds);
            state.LogLevel = desired.LogLevel ?? FleetLogLevel.Info;
        }

        if (!_work.IsCompleted)
        {
            return;
        }

        if (desk.TakeCommand() is { } command)
        {
            _work = RunAsync(command, ct);
        }
        else if (current.Desired is not null)
        {
            await DesireAsync(current, ct);
        }
    }

    /// <summary>Waits for what was begun.</summary>
    public Task IdleAsync() => _work;

    private async Task DesireAsync(OrderFile current, CancellationToken ct)
    {
        DesiredStep step = DesiredRules.Next(current, state.Facts.Update, state.Now, []);
        if (step.Action is not DesiredAction.None)
        {
            step = DesiredRules.Next(current, state.Facts.Update, state.Now, await HeldBackAsync(Held(current), ct));
        }

        if (step.Action is DesiredAction.Install && _paused is { } paused && _time.GetElapsedTime(paused.From) < paused.Pause)
        {
            step = new DesiredStep(DesiredStatus.Waiting, $"try {current.Attempts} failed: {current.LastFailure}");
        }

        if (step.Status is DesiredStatus.Done && current is { Reached: false, Desired.Update: not null })
        {
            orders.Change(o => o with { Reached = true });
        }

        Report(current.DesiredRevision, step);
        _work = step.Action switch
        {
            DesiredAction.Install => InstallAsync(current.Desired!.Update!, ct),
            DesiredAction.Restart => RestartAsync(ct),
            _ => Task.CompletedTask,
        };
    }

    /// <summary>What holds the node back from an update now: the one rule for orders, commands and pages, which all come here.</summary>
    /// <param name="held">How long its pods have held this update back.</param>
    /// <param name="ct">Cancels.</param>
    private async Task<IReadOnlyList<string>> HeldBackAsync(TimeSpan held, CancellationToken ct) =>
        [.. await parts.Vetoes.AskAsync(state.Facts, ct), .. PodHolds.Reasons(state.Facts.Holds, held)];

    /// <summary>How long pods have held an order back. The time counts from the first moment it might begin, also while the agent is away; without a clock, while it runs.</summary>
    private TimeSpan Held(OrderFile current)
    {
        if (state.Facts.Holds.Count == 0)
        {
            return TimeSpan.Zero;
        }

        TimeSpan running = _orderHolds.Held($"{current.DesiredRevision}");
        TimeSpan jump = _orderHolds.Jump(state.Now);
        if (current is { HeldSince: null, Attempts: 0 } && state.Now is { } now)
        {
            current = orders.Change(o => o with { HeldSince = now });
        }
        else if (current.HeldSince is { } since && jump != TimeSpan.Zero)
        {
            // The clock was set: the wait moves with it, and is no shorter or longer for that.
            current = orders.Change(o => o with { HeldSince = HoldClock.Moved(since, jump) });
        }

        return state.Now - current.HeldSince is { } all && all > running ? all : running;
    }

    /// <summary>A command does not wait; given again for the same bundle, its pods have held it since the first time.</summary>
    private TimeSpan Held(Command command) => state.Facts.Holds.Count == 0 ? TimeSpan.Zero : _commandHolds.Held(command.Update!.BundleId);

    private void Report(long revision, DesiredStep step)
    {
        DesiredReport report = new() { Revision = revision, Status = step.Status, Reason = step.Reason is { } reason ? EventRecorder.Clean(reason) : null };
        if (report == state.Desired)
        {
            return;
        }

        bool news = report.Revision != state.Desired?.Revision || report.Status != state.Desired?.Status;
        state.Desired = report;
        if (news && report.Status is DesiredStatus.Failed or DesiredStatus.Vetoed or DesiredStatus.Expired)
        {
            events.Add(
                $"desired.{report.Status.ToString().ToLowerInvariant()}", report.Status is DesiredStatus.Failed ? EventSeverity.Error : EventSeverity.Warning,
                $"revision {revision}: {report.Reason}");
        }
    }

    private async Task InstallAsync(UpdateTarget target, CancellationToken ct)
    {
        int attempt = orders.Change(o => o with { Attempts = o.Attempts + 1, HeldSince = null }).Attempts;
        events.Add("update.started", EventSeverity.Info, $"{target.Version}, try {attempt}");
        try
        {
            await parts.Node.InstallAsync(target, Authorities(), ct);
            events.Add("update.installed", EventSeverity.Info, $"{target.Version}; the node restarts into it");
            _restartAsked = _time.GetTimestamp();
        }
        catch (NodeException e)
        {
            LogNotInstalled(target.Version, e.Message);
            events.Add("update.failed", EventSeverity.Warning, $"{target.Version}, try {attempt}: {e.Message}");
            orders.Change(o => o with { LastFailure = EventRecorder.Clean(e.Message) });
            _paused = (_time.GetTimestamp(), Backoff.Delay(attempt + 4, parts.Chance()) * 2);
        }

        state.ToDo.Raise();
    }

    private async Task RestartAsync(CancellationToken ct)
    {
        // A restart takes a while, and the node is still asked for its state meanwhile.
        if (_restartAsked is { } asked && _time.GetElapsedTime(asked) < RestartTime)
        {
            return;
        }

        try
        {
            await parts.Node.RebootAsync(ct);
            _restartAsked = _time.GetTimestamp();
        }
        catch (NodeException e)
        {
            LogNotDone("restart", e.Message);
        }
    }

    private async Task RunAsync(Command command, CancellationToken ct)
    {
        Move(command.Id, CommandState.Running, null);
        try
        {
            Move(command.Id, await DoAsync(command, ct));
        }
        catch (Exception e) when (e is NodeException or HubException or IOException)
        {
            LogNotDone(command.Id, e.Message);
            Move(command.Id, CommandState.Failed, e.Message);
        }

        state.ToDo.Raise();
    }

    /// <summary>Does it; a result of null comes after the restart that was begun.</summary>
    private async Task<string?> DoAsync(Command command, CancellationToken ct)
    {
        switch (command.Kind)
        {
            case CommandKind.Reboot:
                await parts.Node.RebootAsync(ct);
                return null;
            case CommandKind.Rollback:
                await parts.Node.RollbackAsync(ct);
                return null;
            case CommandKind.Upgrade:
                if (await HeldBackAsync(Held(command), ct) is [_, ..] reasons)
                {
                    throw new NodeException($"not installed: {string.Join("; ", reasons)}");
                }

                await parts.Node.InstallAsync(command.Update!, Authorities(), ct);
                return null;
            case CommandKind.ApplyConfigPatch:
                return await parts.Node.PatchConfigAsync(command.Patch!, ct);
            default:
                await UploadAsync(new Uri(command.UploadUrl!), ct);
                return $"put to {command.UploadUrl}";
        }
    }

    private async Task UploadAsync(Uri url, CancellationToken ct)
    {
        string path = Path.Combine(parts.Settings.DataFolder, "support.tar.gz");
        try
        {
            await using FileStream file = new(path, FileMode.Create, FileAccess.ReadWrite, FileShare.None);
            await parts.Node.WriteSupportBundleAsync(file, ct);
            file.Position = 0;
            await parts.Hub.PutAsync(url, file, state.Identity!, ct);
        }
        finally
        {
            File.Delete(path);
        }
    }

    private void Move(string id, string? done)
    {
        if (done is not null)
        {
            Move(id, CommandState.Succeeded, done);
        }
    }

    private void Move(string id, CommandState to, string? message)
    {
        orders.Change(o => o.Move(id, to, message is { Length: > 0 } ? EventRecorder.Clean(message) : null, _time.GetUtcNow(), !state.Facts.ClockSynced));
        state.ToSend.Raise();
    }

    private string Authorities() => parts.Settings.HubCa + "\n" + (state.Identity?.File.Ca ?? "");

    [LoggerMessage(LogLevel.Warning, "{Version} was not installed: {Problem}")]
    private partial void LogNotInstalled(string version, string problem);

    [LoggerMessage(LogLevel.Warning, "{What} was not done: {Problem}")]
    private partial void LogNotDone(string what, string problem);
}
