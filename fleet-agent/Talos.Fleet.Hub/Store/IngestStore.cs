using System.Text.Json;
using Talos.Fleet.Protocol;

namespace Talos.Fleet.Hub.Store;

/// <summary>A message of a node that was read and found good.</summary>
/// <param name="Topic">Where it came.</param>
/// <param name="Message">One of the records of the protocol.</param>
/// <param name="Json">Its bytes as text.</param>
internal sealed record NodeMessage(FleetTopic Topic, object Message, string Json)
{
    public string Node => Topic.Node;
}

/// <summary>What became of a message.</summary>
internal enum Taken
{
    /// <summary>It is in the database.</summary>
    Stored,

    /// <summary>It was there already, or a newer one is.</summary>
    Repeated,

    /// <summary>The node is not enrolled.</summary>
    UnknownNode,

    /// <summary>It answers no command of the node, or not in this order.</summary>
    Unasked,

    /// <summary>The node has used up its day, or the disk is full: it is kept by the node, or lost when it is a measurement.</summary>
    OverQuota,
}

/// <summary>What storing one message gave.</summary>
internal sealed record Outcome(NodeMessage Message, Taken Taken)
{
    /// <summary>Events: what to tell the node.</summary>
    public EventAck? Ack { get; init; }

    /// <summary>Events: numbers in the history and events that were new.</summary>
    public IReadOnlyList<(long Id, NodeEvent Event)> NewEvents { get; init; } = [];

    /// <summary>Events dropped by the node that the hub learned of.</summary>
    public long Lost { get; init; }

    /// <summary>State: the node says something new of its orders.</summary>
    public bool DesiredChanged { get; init; }

    /// <summary>State: the node does not have the last order: its topic is to be written again.</summary>
    public bool MissesDesired { get; init; }

    /// <summary>Presence: an event that the hub itself adds to the node's history.</summary>
    public (long Id, NodeEvent Event)? Alarm { get; init; }

    /// <summary>Events: some of them were more than the node may add in a day.</summary>
    public bool IsOver { get; init; }
}

/// <summary>Stores what nodes send; part of a transaction.</summary>
internal static class IngestStore
{
    /// <summary>Stores a batch; messages of one node stay in order, nodes come by id so that two hubs never wait for each other in a ring.</summary>
    public static List<Outcome> Store(SqlSession s, SqlDialect d, IEnumerable<NodeMessage> batch, DateTimeOffset now, DayQuota? quota = null) =>
        [.. batch.OrderBy(m => m.Node, StringComparer.Ordinal).Select(m => Store(s, d, m, quota ?? new HubOptions().DayQuota, now))];

    private static Outcome Store(SqlSession s, SqlDialect d, NodeMessage m, DayQuota quota, DateTimeOffset now) => m.Message switch
    {
        Presence presence => Presence(s, d, m, presence, now),
        ReportedState state => State(s, d, m, state, now),
        Telemetry telemetry => Telemetry(s, m, telemetry, quota, now),
        EventBatch batch => Events(s, d, m, batch, quota, now),
        CommandResult result => Result(s, d, m, result, now),
        _ => throw new ArgumentException($"{m.Message.GetType()} is no message of a node", nameof(m)),
    };

    private static Outcome Presence(SqlSession s, SqlDialect d, NodeMessage m, Presence p, DateTimeOffset now)
    {
        // A Will has the time of its connection: the one of an older connection is late.
        int rows = s.Execute(
            "UPDATE nodes SET presence=@p, presence_time=@t, presence_json=@j, last_seen=@now WHERE id=@id AND (presence_time IS NULL OR @t > presence_time OR (@t = presence_time AND presence <> @p) OR @u = 1)",
            ("@p", p.Status), ("@t", p.Time), ("@j", m.Json), ("@now", now), ("@id", m.Node), ("@u", p.Unsynced));
        if (rows == 0 && !Known(s, m.Node))
        {
            return new Outcome(m, Taken.UnknownNode);
        }

        string? alarm = p.Status is PresenceStatus.Online ? BootStore.Note(s, d, m.Node, p.BootId, now) : null;
        return new Outcome(m, rows > 0 ? Taken.Stored : Taken.Repeated) { Alarm = alarm is null ? null : BootStore.Tell(s, m.Node, "hub.cloned", p.BootId, alarm, now) };
    }

    private static Outcome State(SqlSession s, SqlDialect d, NodeMessage m, ReportedState state, DateTimeOffset now)
    {
        List<(long? Time, long Desired, long? Reported, long? Status, string? Reason)> rows = s.Query(
            $"SELECT state_time, desired_rev, reported_rev, reported_status, reported_reason FROM nodes WHERE id=@id{d.ForUpdate}",
            r => (r.NumberOrNull(0), r.Number(1), r.NumberOrNull(2), r.NumberOrNull(3), r.TextOrNull(4)), ("@id", m.Node));
        if (rows is not [var row])
        {
            return new Outcome(m, Taken.UnknownNode);
        }

        bool misses = row.Desired > 0 && (state.Desired?.Revision ?? 0) < row.Desired;
        if (!state.Unsynced && row.Time >= state.Time.ToUnixTimeMilliseconds())
        {
            return new Outcome(m, Taken.Repeated) { MissesDesired = misses };
        }

        s.Execute(
            """
            UPDATE nodes SET state_time=@t, state_json=@j, board=@board, version=@version, slot=@slot, hostname=@host, ready=@ready, update_phase=CAST(@phase AS BIGINT),
              node_labels=@labels, last_seen=@now, reported_rev=CAST(@rev AS BIGINT), reported_status=CAST(@status AS BIGINT), reported_reason=@reason WHERE id=@id
            """,
            ("@t", state.Unsynced ? 0L : state.Time.ToUnixTimeMilliseconds()), ("@j", m.Json), ("@board", state.Board), ("@version", state.Version), ("@slot", state.Slot),
            ("@host", state.Hostname), ("@ready", state.Unmet.Count == 0), ("@phase", state.Update?.Phase), ("@labels", Labels.Write(state.Labels)), ("@now", now),
            ("@rev", state.Desired?.Revision), ("@status", state.Desired?.Status), ("@reason", state.Desired?.Reason), ("@id", m.Node));
        return new Outcome(m, Taken.Stored)
        {
            DesiredChanged = state.Desired is { } desired && (row.Reported, row.Status, row.Reason) != (desired.Revision, (long)desired.Status, desired.Reason),
            MissesDesired = misses,
        };
    }

    private static Outcome Telemetry(SqlSession s, NodeMessage m, Telemetry t, DayQuota quota, DateTimeOffset now)
    {
        FlashWear? worst = t.Wear.Where(w => w.UsedPercent is not null).MaxBy(w => w.UsedPercent);
        int known = s.Execute(
            "UPDATE nodes SET telemetry_json=@j, last_seen=@now, wear=CAST(@wear AS BIGINT), wear_days=CAST(@days AS BIGINT), wear_warning=@warning WHERE id=@id",
            ("@j", m.Json), ("@now", now), ("@wear", worst?.UsedPercent), ("@days", t.Wear.Min(w => w.DaysLeft)), ("@warning", t.Wear.Any(w => w.Warning is true)), ("@id", m.Node));
        if (known == 0)
        {
            return new Outcome(m, Taken.UnknownNode);
        }

        UsageStore usage = UsageStore.Load(s, m.Node, quota, now);
        if (!usage.Row(m.Json.Length))
        {
            return new Outcome(m, Taken.OverQuota);
        }

        int rows = s.Execute(
            "INSERT INTO telemetry (node, time, uptime, received, json) VALUES (@id, @t, @up, @now, @j) ON CONFLICT DO NOTHING",
            ("@id", m.Node), ("@t", t.Time), ("@up", t.UptimeSeconds), ("@now", now), ("@j", m.Json));
        if (rows > 0)
        {
            usage.Save();
        }

        return new Outcome(m, rows > 0 ? Taken.Stored : Taken.Repeated);
    }

    private static Outcome Events(SqlSession s, SqlDialect d, NodeMessage m, EventBatch batch, DayQuota quota, DateTimeOffset now)
    {
        if (batch.Stream == BootStore.HubStream)
        {
            return new Outcome(m, Taken.Unasked);
        }

        if (s.Execute("UPDATE nodes SET last_seen=@now WHERE id=@id", ("@now", now), ("@id", m.Node)) == 0)
        {
            return new Outcome(m, Taken.UnknownNode);
        }

        UsageStore usage = UsageStore.Load(s, m.Node, quota, now);
        if (s.Number("SELECT 1 FROM streams WHERE node=@n AND stream=@s", ("@n", m.Node), ("@s", batch.Stream)) is null)
        {
            if (!usage.Stream())
            {
                return new Outcome(m, Taken.OverQuota);
            }

            s.Execute("INSERT INTO streams (node, stream, acked, highest) VALUES (@n, @s, 0, 0) ON CONFLICT DO NOTHING", ("@n", m.Node), ("@s", batch.Stream));
        }

        (long acked, long highest) = s.Query(
            $"SELECT acked, highest FROM streams WHERE node=@n AND stream=@s{d.ForUpdate}", r => (r.Number(0), r.Number(1)), ("@n", m.Node), ("@s", batch.Stream))[0];
        (long before, long highestBefore) = (acked, highest);
        List<(long, NodeEvent)> added = [];
        List<NodeEvent> there = [];
        foreach (NodeEvent e in batch.Events.Where(e => e.Seq > before))
        {
            // A time ahead of the hub's clock is kept, and marked as not to be trusted: a refusal would hold up all that follows.
            NodeEvent kept = FleetMessages.CheckTime(e.Time, e.Unsynced, now) is null ? e : e with { Unsynced = true };
            string json = JsonSerializer.Serialize(kept, FleetJson.Default.NodeEvent);
            if (!usage.Row(json.Length))
            {
                // Neither this one nor what follows is acknowledged: the node keeps it and sends it again.
                break;
            }

            long? id = s.Number(
                "INSERT INTO events (node, stream, seq, received, json) VALUES (@n, @s, @seq, @now, @j) ON CONFLICT DO NOTHING RETURNING id",
                ("@n", m.Node), ("@s", batch.Stream), ("@seq", e.Seq), ("@now", now), ("@j", json));
            there.Add(e);
            if (id is { } number)
            {
                added.Add((number, kept));
            }

            highest = Math.Max(highest, e.Seq);
        }

        usage.Save();
        bool over = there.Count < batch.Events.Count(e => e.Seq > before);
        long lost = 0;
        if (batch.Oldest - 1 > acked)
        {
            lost = batch.Oldest - 1 - acked - (s.Number("SELECT count(*) FROM events WHERE node=@n AND stream=@s AND seq > @a AND seq < @o", ("@n", m.Node), ("@s", batch.Stream), ("@a", acked), ("@o", batch.Oldest)) ?? 0);
            acked = batch.Oldest - 1;
        }

        acked = Gapless(s, m.Node, batch.Stream, there, acked, highest);
        if ((acked, highest) != (before, highestBefore))
        {
            s.Execute("UPDATE streams SET acked=@a, highest=@h WHERE node=@n AND stream=@s", ("@a", acked), ("@h", Math.Max(highest, acked)), ("@n", m.Node), ("@s", batch.Stream));
        }

        if (lost > 0)
        {
            s.Execute("UPDATE nodes SET lost_events = lost_events + @l WHERE id=@id", ("@l", lost), ("@id", m.Node));
        }

        return new Outcome(m, added.Count > 0 ? Taken.Stored : Taken.Repeated) { IsOver = over, Ack = new EventAck { Stream = batch.Stream, Seq = acked }, NewEvents = added, Lost = lost };
    }

    /// <summary>The highest number up to which nothing is missing.</summary>
    private static long Gapless(SqlSession s, string node, string stream, List<NodeEvent> there, long acked, long highest)
    {
        foreach (NodeEvent e in there)
        {
            acked = e.Seq == acked + 1 ? e.Seq : acked;
        }

        if (acked >= highest)
        {
            return acked;
        }

        foreach (long seq in s.Query("SELECT seq FROM events WHERE node=@n AND stream=@s AND seq > @a ORDER BY seq LIMIT 10000", r => r.Number(0), ("@n", node), ("@s", stream), ("@a", acked)))
        {
            if (seq != acked + 1)
            {
                break;
            }

            acked = seq;
        }

        return acked;
    }

    private static Outcome Result(SqlSession s, SqlDialect d, NodeMessage m, CommandResult result, DateTimeOffset now)
    {
        List<long?> states = s.Query($"SELECT state FROM commands WHERE node=@n AND id=@c{d.ForUpdate}", r => r.NumberOrNull(0), ("@n", m.Node), ("@c", result.Id));
        if (states is not [var before] || m.Topic.CommandId != result.Id)
        {
            return new Outcome(m, Known(s, m.Node) ? Taken.Unasked : Taken.UnknownNode);
        }

        if (!CommandRules.MayFollow((CommandState?)before, result.State))
        {
            return new Outcome(m, Taken.Repeated);
        }

        // The node has the command on its disk from its first answer on: a patch may hold secrets, and is of no more use here.
        s.Execute(
            "UPDATE commands SET state=@st, message=@msg, updated=@now, payload=@none WHERE node=@n AND id=@c",
            ("@none", Array.Empty<byte>()), ("@st", result.State), ("@msg", result.Message), ("@now", now), ("@n", m.Node), ("@c", result.Id));
        return new Outcome(m, Taken.Stored);
    }

    private static bool Known(SqlSession s, string node) => s.Number("SELECT 1 FROM nodes WHERE id=@id", ("@id", node)) is not null;
}
