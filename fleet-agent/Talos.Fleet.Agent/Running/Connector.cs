using Microsoft.Extensions.Logging;
using Talos.Fleet.Protocol;

namespace Talos.Fleet.Agent;

/// <summary>Enrols, connects, stays connected; whatever fails is told and tried again, with longer and longer pauses.</summary>
internal sealed partial class Connector(
    AgentParts parts, AgentState state, OutgoingQueue queue, OrderStore orders, OrderDesk desk, EventRecorder events, ILogger<Connector> log)
{
    private static readonly TimeSpan RenewalCheck = TimeSpan.FromHours(1);
    private static readonly TimeSpan LeaveLimit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan ReasonLimit = TimeSpan.FromSeconds(1);

    /// <summary>A connection that lived this long was a good one.</summary>
    private static readonly TimeSpan Stable = TimeSpan.FromMinutes(1);

    private readonly TimeProvider _time = parts.Time;
    private readonly TakeOvers _takeOvers = new(parts.Time);
    private int _failures;
    private int _broker;
    private string _told = "";

    /// <summary>Runs until it is cancelled; says goodbye then.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        state.Identity = parts.Enrollment.Load();
        while (true)
        {
            try
            {
                await EnrollAsync(ct);
                await RenewAsync(ct);
                await StayConnectedAsync(ct);
            }
            catch (TakenOverException e)
            {
                // The line is good: the same broker again, after a pause that a good connection does not shorten.
                TellTakenOver(e);
                await Task.Delay(_takeOvers.Pause(e.IsSure, parts.Chance()), _time, ct);
                continue;
            }
            catch (Exception e) when (e is HubException or LinkException or IOException)
            {
                _failures++;
                _broker++;
                Tell(e.Message);
            }

            await Task.Delay(Backoff.Delay(_failures, parts.Chance()), _time, ct);
        }
    }

    private async Task EnrollAsync(CancellationToken ct)
    {
        if (state.Identity is not null)
        {
            return;
        }

        state.Identity = await parts.Enrollment.EnrollAsync(state.Facts, parts.MachineId, ct);
        events.Add("fleet.enrolled", EventSeverity.Info, $"as {state.Identity.Node}");
        state.ToDo.Raise();
    }

    /// <summary>A renewal that fails is tried again later; the present certificate still counts.</summary>
    private async Task RenewAsync(CancellationToken ct)
    {
        if (state.Now is not { } now || now < state.Identity!.RenewAt)
        {
            return;
        }

        try
        {
            NodeIdentity old = state.Identity;
            state.Identity = await parts.Enrollment.RenewAsync(old, ct);
            old.Dispose();
            events.Add("fleet.certificate-renewed", EventSeverity.Info, $"it ends {state.Identity.NotAfter:O}");
        }
        catch (Exception e) when (e is HubException or IOException)
        {
            Tell(e.Message);
        }
    }

    private async Task StayConnectedAsync(CancellationToken ct)
    {
        NodeIdentity identity = state.Identity!;
        BrokerUrl broker = Broker(identity);
        Presence will = Sender.PresenceOf(state, PresenceStatus.Lost, "no word from the node", null, _time.GetUtcNow());
        LinkOptions options = new()
        {
            Broker = broker,
            Identity = identity,
            KeepAlive = TimeSpan.FromSeconds(parts.Settings.KeepAliveSeconds),
            Will = FleetMessages.Write(will),
        };
        await using IFleetLink link = await parts.Links.ConnectAsync(options, desk.ReceiveAsync, ct);
        long since = _time.GetTimestamp();
        LogConnected(broker.Host, broker.Port, link.SessionPresent);
        _told = "";
        Sender sender = new(state, queue, orders, link, _time);
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(ct);
        Task sending = sender.RunAsync(parts.Version, end.Token);
        Task renewal = AwaitRenewalAsync(identity, end.Token);
        try
        {
            await Task.WhenAny(sending, link.Closed, renewal);
            if (ct.IsCancellationRequested)
            {
                await LeaveAsync(sender, state.Facts.Stage);
                ct.ThrowIfCancellationRequested();
            }
        }
        finally
        {
            await end.CancelAsync();
            await renewal.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        if (_time.GetElapsedTime(since) >= Stable)
        {
            _failures = 0;
        }

        if (sending.IsFaulted)
        {
            // The broker's reason comes a moment after the message that could not be sent.
            await Task.WhenAny(link.Closed, Task.Delay(ReasonLimit, _time, ct));
        }

        if (link.Closed.IsCompleted)
        {
            await sending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            LinkEnd ended = await link.Closed;
            string said = $"broker {broker.Host}:{broker.Port}: the connection ended: {ended.Reason}";
            throw _takeOvers.IsOne(ended.Kind, _time.GetElapsedTime(since)) ? new TakenOverException(said, ended.Kind is LinkEndKind.TakenOver) : new LinkException(said);
        }

        // Either it failed, or the certificate is to be renewed.
        try
        {
            await sending;
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            await LeaveAsync(sender, "certificate renewal");
            _failures = 0;
        }
    }

    private async Task AwaitRenewalAsync(NodeIdentity identity, CancellationToken ct)
    {
        do
        {
            await Task.Delay(RenewalCheck, _time, ct);
        }
        while (state.Now is not { } now || now < identity.RenewAt);
    }

    private async Task LeaveAsync(Sender sender, string reason)
    {
        using CancellationTokenSource limit = new(LeaveLimit, _time);
        try
        {
            await sender.LeaveAsync(reason, parts.Version, limit.Token);
        }
        catch (Exception e) when (e is LinkException or OperationCanceledException || e.GetType().Namespace?.StartsWith("MQTTnet", StringComparison.Ordinal) == true)
        {
            // The Will says it then.
        }
    }

    private BrokerUrl Broker(NodeIdentity identity)
    {
        IReadOnlyList<string> urls = parts.Settings.Brokers.Count > 0 ? parts.Settings.Brokers : identity.File.Brokers;
        string url = urls[_broker % urls.Count];
        return BrokerUrl.Parse(url) ?? throw new LinkException($"broker {url}: is no mqtts://HOST[:PORT]");
    }

    /// <summary>Told once, on the log and to the hub, and again after a day: a copy that stays is one alarm, and no line for each of its turns.</summary>
    private void TellTakenOver(TakenOverException e)
    {
        if (!_takeOvers.Count())
        {
            return;
        }

        string node = state.Identity!.Node;
        if (e.IsSure)
        {
            LogTakenOver(node, e.Message);
            events.Add("fleet.session-taken-over", EventSeverity.Warning, $"another device connects as {node}: its card or disk is a copy; revoke this identity and enrol each device anew ({e.Message})");
        }
        else
        {
            LogCut(TakeOvers.Suspicious, node, e.Message);
            events.Add(
                "fleet.session-cut", EventSeverity.Warning,
                $"{TakeOvers.Suspicious} connections in a row were closed without a reason: another device may connect as {node} (a copied card), or something on the way cuts the line ({e.Message})");
        }
    }

    /// <summary>The same problem is told once, and again when it was something else meanwhile.</summary>
    private void Tell(string problem)
    {
        if (problem != _told)
        {
            LogFailed(problem, Backoff.Longest.TotalMinutes);
            _told = problem;
        }
    }

    [LoggerMessage(LogLevel.Information, "Connected to {Host}:{Port}, session there: {SessionPresent}")]
    private partial void LogConnected(string host, int port, bool sessionPresent);

    [LoggerMessage(LogLevel.Warning, "Another device took over the session of {Node}: its card or disk is a copy of this one, or this one of its. Revoke the identity on the hub and enrol each device anew. {Said}")]
    private partial void LogTakenOver(string node, string said);

    [LoggerMessage(LogLevel.Warning, "{Count} connections in a row were closed without a reason: another device may have taken over the session of {Node} (a copied card or disk), or something on the way cuts the line. {Said}")]
    private partial void LogCut(int count, string node, string said);

    [LoggerMessage(LogLevel.Warning, "The fleet is not reached, tried again at least every {Minutes} minutes: {Problem}")]
    private partial void LogFailed(string problem, double minutes);
}
