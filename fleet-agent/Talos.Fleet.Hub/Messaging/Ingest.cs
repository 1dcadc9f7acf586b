using System.Buffers;
using System.Diagnostics;
using System.Text;
using System.Threading.Channels;
using Talos.Fleet.Api;
using Talos.Fleet.Hub.Live;
using Talos.Fleet.Hub.Orders;
using Talos.Fleet.Hub.Store;
using Talos.Fleet.Protocol;

namespace Talos.Fleet.Hub.Messaging;

/// <summary>Takes messages of nodes: reads them, stores them in batches, and only then lets the broker confirm them.</summary>
internal sealed partial class Ingest(
    FleetStore store, HubMetrics metrics, LiveFeed live, Refusals refusals, Webhooks hooks, DiskSpace space, HubOptions options, TimeProvider time, ILogger<Ingest> log) : BackgroundService
{
    private const int MaxBatch = 1000;
    private const int MaxOver = 10_000;
    private readonly HashSet<string> _over = new(StringComparer.Ordinal);
    private DateTime _overDay;
    private long? _full;
    private readonly Channel<Item> _queue = Channel.CreateBounded<Item>(new BoundedChannelOptions(20_000) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });

    private sealed record Item(NodeMessage Message, TaskCompletionSource Done);

    /// <summary>Set by the wiring: rollouts are looked at when a node says something new.</summary>
    public Action WakeRollouts { get; set; } = () => { };

    /// <summary>Set by the wiring: the outbox is looked at.</summary>
    public Action WakeOutbox { get; set; } = () => { };

    /// <summary>Set by the wiring: sends to nodes.</summary>
    public IBroker? Broker { get; set; }

    /// <summary>Queues a message; the inner task is done when it is stored or ignored for good.</summary>
    public async ValueTask<Task> SubmitAsync(string topic, ReadOnlySequence<byte> payload, CancellationToken ct)
    {
        metrics.ReceivedBytes.Add(payload.Length);
        if (FleetTopic.Parse(topic) is not { } parsed || !FleetTopic.FromNode(parsed.Kind))
        {
            refusals.Count(topic, "none", "topic", "is no topic of a node");
            return Task.CompletedTask;
        }

        int limit = FleetMessages.MaxBytes(parsed.Kind);
        if (payload.Length > limit)
        {
            refusals.Count(topic, parsed.Kind.ToString(), nameof(ProblemKind.Oversized), $"{payload.Length} bytes; the limit is {limit}");
            return Task.CompletedTask;
        }

        byte[]? rented = payload.IsSingleSegment ? null : payload.ToArray();
        ReadOnlySpan<byte> bytes = rented ?? payload.FirstSpan;
        if (Read(parsed, bytes, out ProtocolProblem? problem) is not { } message)
        {
            refusals.Count(topic, parsed.Kind.ToString(), problem!.Kind.ToString(), problem.Text);
            return Task.CompletedTask;
        }

        metrics.Received(parsed.Kind);
        Item item = new(new NodeMessage(parsed, message, Encoding.UTF8.GetString(bytes)), new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        await _queue.Writer.WriteAsync(item, ct);
        return item.Done.Task;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        List<Item> batch = new(MaxBatch);
        while (await _queue.Reader.WaitToReadAsync(stoppingToken))
        {
            batch.Clear();
            while (batch.Count < MaxBatch && _queue.Reader.TryRead(out Item? item))
            {
                batch.Add(item);
            }

            long began = Stopwatch.GetTimestamp();
            try
            {
                await StoreAsync(batch, stoppingToken);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                // Not confirmed: senders repeat it. A message that breaks its batch is found by storing one by one.
                LogBatchFailed(batch.Count, e);
                await OneByOneAsync(batch, stoppingToken);
            }

            metrics.Batch(batch.Count, Stopwatch.GetElapsedTime(began));
        }
    }

    private async Task OneByOneAsync(List<Item> batch, CancellationToken ct)
    {
        foreach (Item item in batch.Where(i => !i.Done.Task.IsCompleted))
        {
            try
            {
                await StoreAsync([item], ct);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                refusals.Count(item.Message.Topic.ToString(), item.Message.Topic.Kind.ToString(), "store", e.Message);
                item.Done.TrySetException(e);
            }
        }
    }

    private async Task StoreAsync(IReadOnlyList<Item> batch, CancellationToken ct)
    {
        DateTimeOffset now = time.GetUtcNow();
        bool room = space.HasRoom();
        int dropped = 0;
        List<Outcome> outcomes = await store.WriteAsync(
            s =>
            {
                dropped = 0;
                List<Outcome> stored = IngestStore.Store(s, store.Dialect, batch.Select(i => i.Message), now, room ? options.DayQuota : DayQuota.Nothing);
                foreach (Outcome o in stored)
                {
                    dropped += o.Alarm is { } alarm ? hooks.Queue(s, "cloned", o.Message.Node, alarm.Event.Message) : 0;
                    bool online = o is { Taken: Taken.Stored, Message.Message: Presence { Status: PresenceStatus.Online } };
                    if (o.MissesDesired || online)
                    {
                        OrderStore.Repeat(s, o.Message.Node, o.MissesDesired, online, now);
                    }
                }

                return stored;
            },
            ct);
        foreach (Item item in batch)
        {
            item.Done.TrySetResult();
        }

        if (outcomes.Exists(o => o.Alarm is not null))
        {
            hooks.Wake(dropped);
        }

        if (!room)
        {
            TellFull();
        }

        await TellAsync(outcomes, now, ct);
    }

    private async Task TellAsync(List<Outcome> outcomes, DateTimeOffset now, CancellationToken ct)
    {
        bool rollouts = false, orders = false;
        HashSet<string> changed = new(StringComparer.Ordinal);
        HashSet<(string Node, string Id)> commands = [];
        Dictionary<string, EventAck> acks = new(StringComparer.Ordinal);
        foreach (Outcome o in outcomes)
        {
            FleetTopic topic = o.Message.Topic;
            rollouts |= o.DesiredChanged;
            orders |= o.MissesDesired || o.Message.Message is Presence;
            if (o.Taken is Taken.UnknownNode or Taken.Unasked)
            {
                refusals.Count(topic.ToString(), topic.Kind.ToString(), o.Taken.ToString(), o.Taken is Taken.UnknownNode ? "is of no enrolled node" : "answers no command");
                continue;
            }

            if (o.Taken is Taken.OverQuota || o.IsOver)
            {
                metrics.Refused(topic.Kind.ToString(), "overQuota");
                TellOver(topic.Node, now);
            }

            if (o.Taken is Taken.OverQuota)
            {
                continue;
            }

            if (o.Taken is Taken.Repeated)
            {
                metrics.Repeated.Add(1);
            }

            metrics.EventsStored.Add(o.NewEvents.Count);
            metrics.EventsLost.Add(o.Lost);
            if (o.Lost > 0)
            {
                LogLost(topic.Node, o.Lost);
            }

            if (o.Ack is { } ack)
            {
                acks[topic.Node] = ack;
            }

            Publish(o, now);
            if (o.Taken is Taken.Stored && topic.Kind is TopicKind.Presence or TopicKind.State)
            {
                changed.Add(topic.Node);
            }

            if (o is { Taken: Taken.Stored, Message.Message: CommandResult result })
            {
                commands.Add((topic.Node, result.Id));
            }
        }

        if (rollouts)
        {
            WakeRollouts();
        }

        if (orders)
        {
            WakeOutbox();
        }

        if (Broker is { IsReady: true } broker)
        {
            await Task.WhenAll(acks.Select(a => AckAsync(broker, a.Key, a.Value, ct)));
        }

        await live.PublishNodesAsync(changed, store, ct);
        await live.PublishCommandsAsync(commands, store, ct);
    }

    private async Task AckAsync(IBroker broker, string node, EventAck ack, CancellationToken ct)
    {
        try
        {
            await broker.PublishAsync(new FleetTopic(node, TopicKind.Ack).ToString(), FleetMessages.Write(ack), true, null, ct);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // The node sends the events again and is told then.
            LogNotAcked(node, e.Message);
        }
    }

    private void TellOver(string node, DateTimeOffset now)
    {
        if (_overDay != now.UtcDateTime.Date || _over.Count >= MaxOver)
        {
            _overDay = now.UtcDateTime.Date;
            _over.Clear();
        }

        if (_over.Add(node))
        {
            LogOver(node, options.DayQuota.Rows, options.DayQuota.Bytes >> 20);
        }
    }

    private void TellFull()
    {
        if (_full is not { } at || time.GetElapsedTime(at) >= TimeSpan.FromMinutes(10))
        {
            _full = time.GetTimestamp();
            LogFull(options.MinFree >> 20);
        }
    }

    private void Publish(Outcome o, DateTimeOffset now)
    {
        if (o.Alarm is { } alarm)
        {
            LogAlarm(alarm.Event.Message);
            live.Publish("event", new EventRecord { Id = alarm.Id, Node = o.Message.Node, Stream = BootStore.HubStream, Received = now, Event = alarm.Event }, HubJson.Default.EventRecord, o.Message.Node);
        }

        if (!live.HasListeners || o.Taken is not Taken.Stored)
        {
            return;
        }

        string node = o.Message.Node;
        foreach ((long id, NodeEvent e) in o.NewEvents)
        {
            live.Publish("event", new EventRecord { Id = id, Node = node, Stream = o.Ack!.Stream, Received = now, Event = e }, HubJson.Default.EventRecord, node);
        }

        if (o.Message.Message is Telemetry telemetry)
        {
            live.Publish("telemetry", new TelemetryRecord { Node = node, Received = now, Telemetry = telemetry }, HubJson.Default.TelemetryRecord, node);
        }
    }

    private object? Read(FleetTopic topic, ReadOnlySpan<byte> bytes, out ProtocolProblem? problem)
    {
        DateTimeOffset now = time.GetUtcNow();
        switch (topic.Kind)
        {
            case TopicKind.Presence:
                return Checked(FleetMessages.ReadPresence(bytes), m => FleetMessages.CheckTime(m.Time, m.Unsynced, now), out problem);
            case TopicKind.State:
                return Checked(FleetMessages.ReadState(bytes), m => FleetMessages.CheckTime(m.Time, m.Unsynced, now), out problem);
            case TopicKind.Telemetry:
                return Checked(FleetMessages.ReadTelemetry(bytes), m => FleetMessages.CheckTime(m.Time, m.Unsynced, now), out problem);
            case TopicKind.Events:
                return Checked(FleetMessages.ReadEvents(bytes), _ => null, out problem);
            case TopicKind.Result:
                return Checked(FleetMessages.ReadResult(bytes), _ => null, out problem);
            default:
                problem = new ProtocolProblem(ProblemKind.Malformed, $"{topic.Kind} does not come from nodes");
                return null;
        }
    }

    private static T? Checked<T>(Parsed<T> read, Func<T, ProtocolProblem?> check, out ProtocolProblem? problem)
        where T : class
    {
        problem = read.IsGood ? check(read.Value) : read.Problem;
        return problem is null ? read.Value : null;
    }

    [LoggerMessage(LogLevel.Error, "Alarm: {Text}")]
    private partial void LogAlarm(string text);

    [LoggerMessage(LogLevel.Warning, "Node {Node} has added {Rows} rows or {Mebibytes} MiB to the history, or begun too many streams, since midnight (UTC): its measurements are dropped, its events stay with it until tomorrow (--node-rows-per-day, --node-mib-per-day)")]
    private partial void LogOver(string node, int rows, long mebibytes);

    [LoggerMessage(LogLevel.Error, "Less than {Mebibytes} MiB of the disk are free (--min-free-mib): measurements are dropped, and events stay with their nodes until there is room")]
    private partial void LogFull(long mebibytes);

    [LoggerMessage(LogLevel.Error, "A batch of {Count} messages could not be stored; each is tried alone")]
    private partial void LogBatchFailed(int count, Exception e);

    [LoggerMessage(LogLevel.Warning, "Node {Node} was not told what is stored: {Problem}")]
    private partial void LogNotAcked(string node, string problem);

    [LoggerMessage(LogLevel.Warning, "Node {Node} dropped {Count} events before they came here")]
    private partial void LogLost(string node, long count);
}
