using Talos.Fleet.Protocol;

namespace Talos.Fleet.Agent;

/// <summary>Sends over one connection what there is to send, until the connection ends.</summary>
internal sealed class Sender(AgentState state, OutgoingQueue queue, OrderStore orders, IFleetLink link, TimeProvider time)
{
    private const int BatchEvents = 64;
    private const int BatchBytes = 64 << 10;

    /// <summary>The retained ack comes right after the subscription; nothing is sent twice when it is waited for.</summary>
    private static readonly TimeSpan FirstAck = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan FirstRetry = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LongestRetry = TimeSpan.FromHours(1);

    private readonly string _node = state.Identity!.Node;
    private byte[] _report = [];
    private long _sentUpTo;
    private long _sentAt;
    private TimeSpan _retry = FirstRetry;

    /// <exception cref="LinkException">The connection is gone, or the broker refuses.</exception>
    public async Task RunAsync(string agentVersion, CancellationToken ct)
    {
        await PublishAsync(TopicKind.Presence, FleetMessages.Write(Presence(PresenceStatus.Online, null, agentVersion)), null, ct);
        if (!state.AckSeen && queue.PeekEvents(1, 1).Count > 0)
        {
            long began = time.GetTimestamp();
            while (!state.AckSeen && FirstAck - time.GetElapsedTime(began) is { Ticks: > 0 } left)
            {
                await state.ToSend.WaitAsync(left, time, ct);
            }
        }

        while (!link.Closed.IsCompleted)
        {
            await SendStateAsync(ct);
            await SendResultsAsync(ct);
            await SendEventsAsync(ct);
            while (queue.PeekTelemetry() is { } oldest)
            {
                await PublishAsync(TopicKind.Telemetry, oldest.Payload, FleetDefaults.TelemetryExpiry, ct);
                queue.ReleaseTelemetry(oldest.Seq);
            }

            TimeSpan wait = _sentUpTo > 0 ? _retry - time.GetElapsedTime(_sentAt) : Timeout.InfiniteTimeSpan;
            await state.ToSend.WaitAsync(wait, time, ct);
        }
    }

    /// <summary>Says that the node leaves, and why.</summary>
    public async Task LeaveAsync(string reason, string agentVersion, CancellationToken ct)
    {
        await PublishAsync(TopicKind.Presence, FleetMessages.Write(Presence(PresenceStatus.Offline, reason, agentVersion)), null, ct);
        await link.LeaveAsync(ct);
    }

    public Presence Presence(PresenceStatus status, string? reason, string agentVersion) =>
        PresenceOf(state, status, reason, agentVersion, time.GetUtcNow());

    public static Presence PresenceOf(AgentState state, PresenceStatus status, string? reason, string? agentVersion, DateTimeOffset now) => new()
    {
        Status = status,
        BootId = state.Facts.BootId,
        Time = now,
        Unsynced = !state.Facts.ClockSynced,
        Reason = reason,
        Agent = agentVersion,
    };

    private async Task SendStateAsync(CancellationToken ct)
    {
        byte[] report = state.Report;
        if (report.Length > 0 && !ReferenceEquals(report, _report))
        {
            await PublishAsync(TopicKind.State, report, null, ct);
            _report = report;
        }
    }

    private async Task SendResultsAsync(CancellationToken ct)
    {
        foreach (CommandRecord record in orders.Current.Commands.Where(c => !c.Delivered))
        {
            await link.PublishAsync(new FleetTopic(_node, TopicKind.Result, record.Id), FleetMessages.Write(record.ToResult()), FleetDefaults.TelemetryExpiry, ct);
            orders.Change(o => o.Deliver(record.Id, record.State));
        }
    }

    /// <summary>One batch is under way at a time; it goes again when the hub is silent.</summary>
    private async Task SendEventsAsync(CancellationToken ct)
    {
        IReadOnlyList<QueueEntry> entries = queue.PeekEvents(BatchEvents, BatchBytes);
        if (entries.Count == 0)
        {
            _sentUpTo = 0;
            _retry = FirstRetry;
            return;
        }

        if (entries[0].Seq > _sentUpTo)
        {
            // All of the last batch is acknowledged.
            _retry = FirstRetry;
        }
        else if (time.GetElapsedTime(_sentAt) < _retry)
        {
            return;
        }
        else
        {
            _retry = _retry * 2 > LongestRetry ? LongestRetry : _retry * 2;
        }

        EventBatch batch = new()
        {
            Stream = queue.Stream,
            Oldest = entries[0].Seq,
            Events = [.. entries.Select(e => Event(e))],
        };
        await PublishAsync(TopicKind.Events, FleetMessages.Write(batch), null, ct);
        _sentUpTo = entries[^1].Seq;
        _sentAt = time.GetTimestamp();
    }

    /// <summary>A record that cannot be read any more still has its number: without it the hub would wait for ever.</summary>
    private NodeEvent Event(QueueEntry entry) => EventRecorder.Read(entry.Payload.Span)?.ToEvent(entry.Seq) ?? new NodeEvent
    {
        Seq = entry.Seq,
        Time = time.GetUtcNow(),
        BootId = state.Facts.BootId,
        Kind = "event.unreadable",
        Severity = EventSeverity.Warning,
        Message = "the event was damaged on the node's disk",
    };

    private Task PublishAsync(TopicKind kind, ReadOnlyMemory<byte> payload, TimeSpan? expiry, CancellationToken ct) =>
        link.PublishAsync(new FleetTopic(_node, kind), payload, expiry, ct);
}
