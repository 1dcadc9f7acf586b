using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Talos.Fleet.Protocol;

namespace Talos.Fleet.Agent;

/// <summary>The agent: asks the node, keeps what happens, sends it, does what the hub orders.</summary>
internal sealed partial class FleetAgent : IDisposable
{
    private const int SegmentBytes = 64 << 10;

    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan FirstFacts = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan EventsAgain = TimeSpan.FromSeconds(5);

    private readonly AgentParts _parts;
    private readonly ILogger<FleetAgent> _log;
    private readonly AgentState _state;
    private readonly OutgoingQueue _queue;
    private readonly OrderStore _orders;
    private readonly EventRecorder _events;
    private readonly Worker _worker;
    private readonly Connector _connector;

    private FleetAgent(AgentParts parts, NodeFacts facts, ILoggerFactory loggers)
    {
        _parts = parts;
        _log = loggers.CreateLogger<FleetAgent>();
        _state = new AgentState(parts.Settings, parts.Time) { Facts = facts };
        _orders = new OrderStore(parts.Settings.StateFolder, loggers.CreateLogger<OrderStore>());
        _queue = new OutgoingQueue(Open("events"), Open("telemetry"), parts.Settings.QueueBytes, loggers.CreateLogger<OutgoingQueue>());
        _events = new EventRecorder(_queue, parts.Time);
        _events.Added += _state.ToSend.Raise;
        OrderDesk desk = new(_state, _orders, _queue, parts.Time, loggers.CreateLogger<OrderDesk>());
        _worker = new Worker(parts, _state, _orders, desk, _events, loggers.CreateLogger<Worker>());
        _connector = new Connector(parts, _state, _queue, _orders, desk, _events, loggers.CreateLogger<Connector>());
    }

    /// <summary>What the parts know; for the log and for tests.</summary>
    public AgentState State => _state;

    /// <summary>Waits for the node and opens what is kept.</summary>
    public static async Task<FleetAgent> StartAsync(AgentParts parts, ILoggerFactory loggers, CancellationToken ct)
    {
        while (true)
        {
            try
            {
                NodeFacts facts = await parts.Node.FactsAsync(ct);
                return new FleetAgent(parts, facts, loggers);
            }
            catch (NodeException e)
            {
                LogNoNode(loggers.CreateLogger<FleetAgent>(), e.Message);
                await Task.Delay(FirstFacts, parts.Time, ct);
            }
        }
    }

    /// <summary>Runs until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        _events.Begin(_state.Facts);
        _orders.Change(o => o.AfterStart(_state.Facts, _parts.Time.GetUtcNow()));
        Compose();
        using CancellationTokenSource failed = CancellationTokenSource.CreateLinkedTokenSource(ct);
        Task[] parts = [WorkAsync(failed.Token), ReadEventsAsync(failed.Token), MeasureAsync(failed.Token), _connector.RunAsync(failed.Token)];
        await Task.WhenAny(parts);
        await failed.CancelAsync();
        await Task.WhenAll(parts).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _worker.IdleAsync().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        foreach (Task part in parts.Where(p => p.IsFaulted))
        {
            await part;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _state.Identity?.Dispose();
        _state.Dispose();
    }

    private DurableQueue Open(string name) =>
        DurableQueue.Open(new QueueFolder(Path.Combine(_parts.Settings.DataFolder, name)), SegmentBytes, () => new Guid(RandomNumberGenerator.GetBytes(16)));

    private async Task WorkAsync(CancellationToken ct)
    {
        while (true)
        {
            try
            {
                _state.Facts = await _parts.Node.FactsAsync(ct);
                _events.SetClock(_state.Facts.ClockSynced);
                await _worker.StepAsync(ct);
                Compose();
            }
            catch (Exception e) when (e is NodeException or IOException)
            {
                LogNoNode(_log, e.Message);
            }

            await _state.ToDo.WaitAsync(Poll, _parts.Time, ct);
        }
    }

    /// <summary>A report that says nothing new is the one before, whose bytes the sender knows.</summary>
    private void Compose()
    {
        ReportedState report = StateReport.Compose(_parts.Settings, _state, _parts.Version);
        byte[] plain = FleetMessages.Write(report);
        if (!plain.AsSpan().SequenceEqual(_plain))
        {
            _plain = plain;
            _state.Report = FleetMessages.Write(report with { Time = _parts.Time.GetUtcNow() });
            _state.ToSend.Raise();
        }
    }

    private byte[] _plain = [];

    private async Task ReadEventsAsync(CancellationToken ct)
    {
        while (true)
        {
            try
            {
                await foreach (NodeHappening happening in _parts.Node.EventsAsync(_events.Mark, ct))
                {
                    _events.Add(happening);
                    _state.ToDo.Raise();
                }
            }
            catch (NodeException e)
            {
                LogNoNode(_log, e.Message);
            }

            await Task.Delay(EventsAgain, _parts.Time, ct);
        }
    }

    private async Task MeasureAsync(CancellationToken ct)
    {
        while (true)
        {
            Measurement measured = _parts.Measure(_state.Facts, _queue.Report(_state.Refused));
            _queue.AddTelemetry(FleetMessages.Write(measured.Telemetry));
            foreach (DiskNews news in measured.News)
            {
                _events.Add(news.Kind, news.Severity, news.Message);
            }

            _state.ToSend.Raise();
            long since = _parts.Time.GetTimestamp();

            // The interval may change meanwhile.
            while (_state.TelemetryInterval - _parts.Time.GetElapsedTime(since) is { Ticks: > 0 } left)
            {
                await Task.Delay(left < Poll ? left : Poll, _parts.Time, ct);
            }
        }
    }

    [LoggerMessage(LogLevel.Warning, "The node does not answer: {Problem}")]
    private static partial void LogNoNode(ILogger log, string problem);
}
