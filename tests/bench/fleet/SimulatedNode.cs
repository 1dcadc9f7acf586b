using System.Buffers;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using MQTTnet;
using MQTTnet.Protocol;
using Talos.Fleet.Protocol;

namespace Talos.Fleet.Simulator;

/// <summary>A node with a real MQTT 5 client over mutual TLS: checks orders, answers them, keeps events until they are acknowledged, comes back when it is cut off.</summary>
internal sealed class SimulatedNode : IDisposable
{
    private readonly MqttClientOptions _options;
    private readonly OrderVerifier _verifier;
    private readonly IMqttClient _client = new MqttClientFactory().CreateMqttClient();
    private readonly Random _random;
    private readonly Lock _lock = new();
    private readonly SortedDictionary<long, NodeEvent> _waiting = [];
    private readonly string _stream = Guid.NewGuid().ToString("n");
    private readonly string _boot = Guid.NewGuid().ToString("n");
    private long _seq;
    private long _desired;
    private long _commands;
    private DesiredReport? _report;
    private int _work;

    public SimulatedNode(string id, string board, X509Certificate2 certificate, X509Certificate2 authority, int port, int seed)
    {
        (Id, Board, _random) = (id, board, new Random(seed));
        _verifier = new OrderVerifier(id, [authority]);
        X509Certificate2Collection trust = [authority];
        _options = new MqttClientOptionsBuilder()
            .WithTcpServer("127.0.0.1", port)
            .WithProtocolVersion(MQTTnet.Formatter.MqttProtocolVersion.V500)
            .WithClientId(id)
            .WithCleanStart(false)
            .WithSessionExpiryInterval((uint)FleetDefaults.SessionExpiry.TotalSeconds)
            .WithKeepAlivePeriod(FleetDefaults.KeepAlive)
            .WithTimeout(TimeSpan.FromSeconds(60))
            .WithWillTopic(new FleetTopic(id, TopicKind.Presence).ToString())
            .WithWillQualityOfServiceLevel(MqttQualityOfServiceLevel.AtLeastOnce)
            .WithWillRetain()
            .WithWillPayload(FleetMessages.Write(new Presence { Status = PresenceStatus.Lost, BootId = _boot, Time = DateTimeOffset.UtcNow }))
            .WithTlsOptions(o => o.WithSslProtocols(SslProtocols.Tls12 | SslProtocols.Tls13).WithTrustChain(trust).WithRevocationMode(X509RevocationMode.NoCheck).WithClientCertificates([certificate]))
            .Build();
        _client.ApplicationMessageReceivedAsync += ReceivedAsync;
    }

    public string Id { get; }

    public string Board { get; }

    public string Version { get; private set; } = "1.0.0";

    /// <summary>Whether this node fails a release.</summary>
    public bool Fails { get; init; }

    /// <summary>How long an installation takes.</summary>
    public TimeSpan Duration { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Orders to a version that were taken: rollout and revision.</summary>
    public List<(string? Rollout, long Revision)> Orders { get; } = [];

    /// <summary>Commands that were carried out, by id.</summary>
    public List<string> Commands { get; } = [];

    /// <summary>Orders that came again and were not carried out.</summary>
    public int Repeats { get; private set; }

    public long Events => _seq;

    public bool IsConnected => _client.IsConnected;

    /// <summary>Keeps the connection until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            try
            {
                if (!_client.IsConnected)
                {
                    await ConnectAsync(ct);
                }

                await Task.Delay(500, ct);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                await Task.Delay(_random.Next(200, 1200), ct);
            }
        }
    }

    public async Task ConnectAsync(CancellationToken ct)
    {
        MqttClientConnectResult result = await _client.ConnectAsync(_options, ct);
        if (result.ResultCode is not MqttClientConnectResultCode.Success)
        {
            throw new InvalidOperationException($"{Id}: {result.ResultCode}");
        }

        if (!result.IsSessionPresent)
        {
            MqttClientSubscribeOptionsBuilder filters = new();
            foreach (string filter in FleetTopic.NodeFilters(Id))
            {
                filters.WithTopicFilter(filter, MqttQualityOfServiceLevel.AtLeastOnce);
            }

            await _client.SubscribeAsync(filters.Build(), ct);
        }

        await SendAsync(TopicKind.Presence, FleetMessages.Write(new Presence { Status = PresenceStatus.Online, BootId = _boot, Time = DateTimeOffset.UtcNow }), ct);
        await SendStateAsync(ct);
        await SendEventsAsync(ct);
    }

    public Task SendTelemetryAsync(CancellationToken ct) => SendAsync(TopicKind.Telemetry, FleetMessages.Write(new Telemetry
    {
        Time = DateTimeOffset.UtcNow,
        UptimeSeconds = Environment.TickCount64 / 1000,
        CpuPercent = 12.5,
        MemoryBytes = 2L << 30,
        MemoryUsedBytes = 700L << 20,
        TemperatureCelsius = 48.5,
        Throttled = false,
        Disks = [new DiskUsage { Mount = "/var", TotalBytes = 16L << 30, UsedBytes = 5L << 30 }],
        Wear = [new FlashWear { Device = "mmcblk0", Kind = FlashKind.Emmc, UsedPercent = 10, WrittenBytes = 1L << 36, WrittenBytesPerDay = 1L << 30, DaysLeft = 3650 }],
        Links = [new LinkTraffic { Name = "eth0", ReceivedBytes = 123456789, SentBytes = 23456789 }],
    }), ct);

    public async Task SendEventAsync(string kind, string message, CancellationToken ct)
    {
        lock (_lock)
        {
            _seq++;
            _waiting.Add(_seq, new NodeEvent { Seq = _seq, Time = DateTimeOffset.UtcNow, BootId = _boot, Kind = kind, Message = message });
        }

        await SendEventsAsync(ct);
    }

    public bool EverythingAcknowledged
    {
        get
        {
            lock (_lock)
            {
                return _waiting.Count == 0 && Volatile.Read(ref _work) == 0;
            }
        }
    }

    public void Dispose() => _client.Dispose();

    private Task SendStateAsync(CancellationToken ct) => SendAsync(TopicKind.State, FleetMessages.Write(new ReportedState
    {
        Time = DateTimeOffset.UtcNow,
        BootId = _boot,
        Board = Board,
        Architecture = "arm64",
        Hostname = Id,
        Version = Version,
        Slot = "A",
        Stage = "running",
        Desired = _report,
        Slots = [new SlotReport { Id = "A", Condition = SlotCondition.Good, Version = Version }, new SlotReport { Id = "B", Condition = SlotCondition.Empty }],
        TelemetryIntervalSeconds = 3600,
        Agent = "simulator",
    }), ct);

    private async Task SendEventsAsync(CancellationToken ct)
    {
        EventBatch batch;
        lock (_lock)
        {
            if (_waiting.Count == 0)
            {
                return;
            }

            batch = new EventBatch { Stream = _stream, Oldest = _waiting.First().Key, Events = [.. _waiting.Values.Take(64)] };
        }

        await SendAsync(TopicKind.Events, FleetMessages.Write(batch), ct);
    }

    private async Task SendAsync(TopicKind kind, byte[] payload, CancellationToken ct, string? command = null) => await _client.PublishAsync(
        new MqttApplicationMessage
        {
            Topic = new FleetTopic(Id, kind, command).ToString(),
            Payload = new ReadOnlySequence<byte>(payload),
            QualityOfServiceLevel = MqttQualityOfServiceLevel.AtLeastOnce,
            Retain = FleetTopic.IsRetained(kind),
        },
        ct);

    private Task ReceivedAsync(MqttApplicationMessageReceivedEventArgs e)
    {
        byte[] payload = e.ApplicationMessage.Payload.ToArray();
        switch (FleetTopic.Parse(e.ApplicationMessage.Topic))
        {
            case { Kind: TopicKind.Desired }:
                Take(_verifier.ReadDesired(payload, _desired, DateTimeOffset.UtcNow), d =>
                {
                    _desired = d.Revision;
                    if (d.Update is { } update)
                    {
                        Orders.Add((update.Rollout, d.Revision));
                        Background(() => InstallAsync(d, update));
                    }
                    else
                    {
                        Background(() => ReportAsync(d.Revision, DesiredStatus.Done, null));
                    }
                });
                break;
            case { Kind: TopicKind.Command, CommandId: { } id }:
                Take(_verifier.ReadCommand(payload, id, _commands, DateTimeOffset.UtcNow), c =>
                {
                    _commands = c.Revision;
                    Commands.Add(c.Id);
                    Background(() => SendUntilAsync(ct => SendAsync(TopicKind.Result, FleetMessages.Write(new CommandResult { Id = c.Id, State = CommandState.Succeeded, Time = DateTimeOffset.UtcNow }), ct, c.Id)));
                });
                break;
            case { Kind: TopicKind.Ack } when FleetMessages.ReadAck(payload) is { IsGood: true, Value: var ack } && ack.Stream == _stream:
                lock (_lock)
                {
                    foreach (long seq in _waiting.Keys.TakeWhile(s => s <= ack.Seq).ToList())
                    {
                        _waiting.Remove(seq);
                    }
                }

                break;
            default:
                break;
        }

        return Task.CompletedTask;
    }

    private void Take<T>(Parsed<T> order, Action<T> act)
        where T : class
    {
        lock (_lock)
        {
            if (order.IsGood)
            {
                act(order.Value);
            }
            else if (order.Problem.Kind is ProblemKind.Replayed)
            {
                Repeats++;
            }
            else
            {
                throw new InvalidOperationException($"{Id}: {order.Problem}");
            }
        }
    }

    private async Task InstallAsync(DesiredState order, UpdateTarget update)
    {
        await ReportAsync(order.Revision, DesiredStatus.Installing, null);
        await SendUntilAsync(ct => SendEventAsync("update.started", update.Version, ct), once: true);
        await Task.Delay(Duration);
        if (!Fails)
        {
            Version = update.Version;
        }

        await ReportAsync(order.Revision, Fails ? DesiredStatus.Failed : DesiredStatus.Done, Fails ? "fell back: was not healthy in time" : null);
        await SendUntilAsync(ct => SendEventAsync(Fails ? "update.failed" : "update.done", update.Version, ct), once: true);
    }

    private async Task ReportAsync(long revision, DesiredStatus status, string? reason)
    {
        _report = new DesiredReport { Revision = revision, Status = status, Reason = reason };
        await SendUntilAsync(SendStateAsync);
    }

    /// <summary>Sends until it is confirmed; with <paramref name="once"/> the reconnection takes care of the rest.</summary>
    private static async Task SendUntilAsync(Func<CancellationToken, Task> send, bool once = false)
    {
        while (true)
        {
            try
            {
                await send(CancellationToken.None);
                return;
            }
            catch (Exception)
            {
                if (once)
                {
                    return;
                }

                await Task.Delay(300);
            }
        }
    }

    private void Background(Func<Task> work)
    {
        Interlocked.Increment(ref _work);
        _ = Task.Run(async () =>
        {
            try
            {
                await work();
            }
            finally
            {
                Interlocked.Decrement(ref _work);
            }
        });
    }
}
