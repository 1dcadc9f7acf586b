using System.Collections.Concurrent;
using System.Security.Cryptography.X509Certificates;
using MQTTnet;
using MQTTnet.Protocol;
using MQTTnet.Server;
using Talos.Fleet.Hub.Connections;
using Talos.Fleet.Hub.Identity;
using Talos.Fleet.Hub.Store;
using Talos.Fleet.Protocol;

namespace Talos.Fleet.Hub.Messaging;

/// <summary>A broker inside the hub: mutual TLS, the access rule of the protocol, and a confirmation only for what is stored.</summary>
internal sealed partial class EmbeddedBroker : IBroker, IHostedService, IDisposable
{
    private const int MaxSubscriptions = 32;
    private readonly Ingest _ingest;
    private readonly Enrollment _enrollment;
    private readonly FleetStore _store;
    private readonly Refusals _refusals;
    private readonly HubOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<EmbeddedBroker> _log;
    private readonly MqttServer _server;
    private readonly ConcurrentDictionary<string, string> _connected = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, MqttSessionStatus> _sessions = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, BrokerConnection> _open = new(StringComparer.Ordinal);
    private readonly BrokerListener _listener;
    private readonly PendingWills _wills;
    private readonly NodeQuotas _quotas;
    private readonly HubMetrics _metrics;
    private readonly CancellationTokenSource _stopping = new();
    private Task _watching = Task.CompletedTask;

    public EmbeddedBroker(
        Ingest ingest, FleetAuthority authority, Enrollment enrollment, FleetStore store, Refusals refusals, NodeQuotas quotas, HubMetrics metrics, DescriptorBudget budget, HubOptions options,
        TimeProvider time, ILogger<EmbeddedBroker> log)
    {
        (_ingest, _enrollment, _store, _refusals, _quotas, _metrics, _options, _time, _log) = (ingest, enrollment, store, refusals, quotas, metrics, options, time, log);
        int most = options.Connections ?? budget.Broker;
        ConnectionGate gate = new(new GateLimits(most, Math.Clamp(most / 4, 1, 4096), options.WaitingPerAddress, 0, 0));
        _listener = new BrokerListener(options, authority, gate, c => authority.Issued(c, time.GetUtcNow()) && !enrollment.IsRevoked(c) && ClientOf(c) is not null, log);
        _wills = new PendingWills(options.WillDelay, time, LostAsync);
        MqttServerOptions setup = new MqttServerOptionsBuilder().WithoutDefaultEndpoint().WithPersistentSessions().WithMaxPendingMessagesPerClient(1000).Build();
        _server = new MqttServerFactory().CreateMqttServer(setup, [_listener]);
        _server.ValidatingConnectionAsync += ValidateAsync;
        _server.InterceptingPublishAsync += PublishingAsync;
        _server.InterceptingSubscriptionAsync += SubscribingAsync;
        _server.LoadingRetainedMessageAsync += LoadRetainedAsync;
        _server.SessionDeletedAsync += e =>
        {
            _sessions.TryRemove(e.Id, out MqttSessionStatus? _);
            return Task.CompletedTask;
        };
        _server.ClientConnectedAsync += e => Changed(e.ClientId, true);
        _server.ClientDisconnectedAsync += e => Changed(e.ClientId, false);
        _enrollment.Revoked += node => _ = CutAsync(node);
    }

    public bool IsReady => _server.IsStarted;

    public int? Connections => _connected.Count;

    public bool IsConnected(string node) => _connected.ContainsKey(node);

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await _server.StartAsync();
        _watching = WatchAsync(_stopping.Token);
        LogStarted(_options.MqttPort);
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        await _server.StopAsync();
        await _watching;
    }

    /// <remarks>
    /// The server asks every session about each message, and copies all retained ones when one changes.
    /// An ack has one reader, so it goes straight to that session; a node that missed it sends its events again and is told then.
    /// </remarks>
    public Task PublishAsync(string topic, ReadOnlyMemory<byte> payload, bool retain, TimeSpan? life, CancellationToken ct)
    {
        if (FleetTopic.Parse(topic) is { Kind: TopicKind.Ack } ack)
        {
            if (_sessions.TryGetValue(ack.Node, out MqttSessionStatus? session))
            {
                session.TryEnqueueApplicationMessage(Message(topic, payload, false, life), out _);
            }

            return Task.CompletedTask;
        }

        return _server.InjectApplicationMessage(
            new InjectedMqttApplicationMessage(Message(topic, payload, retain, life)) { SenderClientId = _options.Name, SenderUserName = _options.Name }, ct);
    }

    public void Dispose()
    {
        _server.Dispose();
        _listener.Dispose();
        _stopping.Dispose();
    }

    internal static MqttApplicationMessage Message(string topic, ReadOnlyMemory<byte> payload, bool retain, TimeSpan? life) => new()
    {
        Topic = topic,
        Payload = new System.Buffers.ReadOnlySequence<byte>(payload),
        Retain = retain,
        QualityOfServiceLevel = MqttQualityOfServiceLevel.AtLeastOnce,
        MessageExpiryInterval = life is { } l ? (uint)Math.Clamp(l.TotalSeconds, 1, uint.MaxValue) : 0,
    };

    /// <summary>Whom a certificate makes a client: a node with OU=node, a hub with OU=hub; null for people and others.</summary>
    internal static string? ClientOf(X509Certificate2 certificate) => FleetAuthority.CommonName(certificate.SubjectName) is { } name
        && (FleetAuthority.IsNode(certificate) ? NodeId.IsValid(name) && !NodeId.IsHub(name) : FleetAuthority.IsHub(certificate) && NodeId.IsHub(name)) ? name : null;

    /// <summary>The client id is the CommonName, so that nobody takes over another node's session.</summary>
    private async Task ValidateAsync(ValidatingConnectionEventArgs e)
    {
        string? name = e.ChannelAdapter.ClientCertificate is { } certificate ? ClientOf(certificate) : null;
        if (name is null)
        {
            Refuse(e, MqttConnectReasonCode.NotAuthorized, "certificate", $"client {e.ClientId} from {e.RemoteEndPoint}: its certificate names no node");
        }
        else if (e.ClientId != name)
        {
            Refuse(e, MqttConnectReasonCode.ClientIdentifierNotValid, "clientId", $"client {e.ClientId} has the certificate of {name}");
        }
        else if (!_quotas.MayConnect(name))
        {
            Refuse(e, MqttConnectReasonCode.ConnectionRateExceeded, "connectRate", $"{name} connected more than {_options.NodeQuota.Connections} times in a minute");
        }
        else if (!NodeId.IsHub(name) && !await IsEnrolledAsync(name, e.CancellationToken))
        {
            Refuse(e, MqttConnectReasonCode.NotAuthorized, "revoked", $"{name} is revoked or not enrolled");
        }
        else if (_listener.Find(e.ChannelAdapter) is { } connection)
        {
            // The broker tells the connection before that its session is taken over, one client after the other: one that takes nothing would hold up all of them.
            if (_open.TryGetValue(name, out BrokerConnection? before) && before.IsStuck)
            {
                before.Abort();
            }

            _open[name] = connection;
        }
    }

    private void Refuse(ValidatingConnectionEventArgs e, MqttConnectReasonCode code, string problem, string text)
    {
        e.ReasonCode = code;
        _refusals.Count("(connect)", "none", problem, text);
    }

    /// <summary>Asks the database: whoever revoked a node, here or at another hub, it is not let in from that moment on.</summary>
    private Task<bool> IsEnrolledAsync(string node, CancellationToken ct) =>
        _store.ReadAsync(s => s.Number("SELECT 1 FROM nodes WHERE id=@id AND revoked=0", ("@id", node)) is not null, ct);

    /// <summary>Ends connections whose certificate is over: the node has a newer one, or is none any more.</summary>
    private async Task WatchAsync(CancellationToken ct)
    {
        try
        {
            while (true)
            {
                await Task.Delay(TimeSpan.FromMinutes(1), _time, ct);
                DateTimeOffset now = _time.GetUtcNow();
                foreach (BrokerConnection connection in _listener.Connections.Where(c => c.Certificate.NotAfter.ToUniversalTime() < now.UtcDateTime))
                {
                    connection.Abort();
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The hub stops.
        }
    }

    private async Task PublishingAsync(InterceptingPublishEventArgs e)
    {
        string topic = e.ApplicationMessage.Topic;
        if (e.ClientId == _options.Name && !_connected.ContainsKey(e.ClientId))
        {
            return;
        }

        bool node = !NodeId.IsHub(e.ClientId);
        if (node && _quotas.Message(e.ClientId, e.ApplicationMessage.Payload.Length + topic.Length, out bool tell) is { Ticks: > 0 } wait)
        {
            _metrics.Refused("quota", "slowedDown");
            if (tell)
            {
                LogSlowed(e.ClientId, _options.NodeQuota.Messages, _options.NodeQuota.Bytes >> 20);
            }

            // Its next packet is read after this one: the line itself makes the node wait.
            await Task.Delay(wait, _time, e.CancellationToken);
        }

        if (!AccessRule.MayPublish(e.ClientId, topic))
        {
            e.ProcessPublish = false;
            e.Response.ReasonCode = MqttPubAckReasonCode.NotAuthorized;
            _refusals.Count(topic, "none", "access", $"{e.ClientId} may not publish there");
            return;
        }

        if (NodeId.IsHub(e.ClientId))
        {
            return;
        }

        // Nobody but the hub reads what nodes say, and the hub keeps it: nothing is left for the broker to do.
        e.ProcessPublish = false;
        if (FleetTopic.Parse(topic)?.Kind is TopicKind.Presence && Small(e.ApplicationMessage.Payload) is { } small && FleetMessages.ReadPresence(small) is { IsGood: true, Value.Status: PresenceStatus.Lost })
        {
            _wills.Set(e.ClientId, small, _stopping.Token);
            return;
        }

        try
        {
            await await _ingest.SubmitAsync(topic, e.ApplicationMessage.Payload, e.CancellationToken);
        }
        catch (Exception x) when (x is not OperationCanceledException)
        {
            // Not stored: the node hears that, keeps the message and sends it again.
            e.Response.ReasonCode = MqttPubAckReasonCode.UnspecifiedError;
        }
    }

    private static byte[]? Small(System.Buffers.ReadOnlySequence<byte> payload) =>
        payload.Length <= FleetMessages.MaxBytes(TopicKind.Presence) ? System.Buffers.BuffersExtensions.ToArray(payload) : null;

    /// <summary>A Will: passed on only when the node is not back in time, so that a planned restart is no alarm.</summary>
    private async Task LostAsync(string node, byte[] payload)
    {
        if (!_connected.ContainsKey(node))
        {
            await _ingest.SubmitAsync(new FleetTopic(node, TopicKind.Presence).ToString(), new System.Buffers.ReadOnlySequence<byte>(payload), _stopping.Token);
        }
    }

    private Task SubscribingAsync(InterceptingSubscriptionEventArgs e)
    {
        if (!AccessRule.MaySubscribe(e.ClientId, e.TopicFilter.Topic))
        {
            e.ProcessSubscription = false;
            e.Response.ReasonCode = MqttSubscribeReasonCode.NotAuthorized;
            _refusals.Count(e.TopicFilter.Topic, "none", "access", $"{e.ClientId} may not subscribe there");
        }
        else if (!NodeId.IsHub(e.ClientId) && !FleetTopic.NodeFilters(e.ClientId).Contains(e.TopicFilter.Topic) && !MayHave(e))
        {
            e.ProcessSubscription = false;
            e.Response.ReasonCode = MqttSubscribeReasonCode.QuotaExceeded;
            _refusals.Count(e.TopicFilter.Topic, "none", "subscriptions", $"{e.ClientId} has {MaxSubscriptions} subscriptions already");
        }
        else
        {
            _sessions[e.ClientId] = e.Session;
        }

        return Task.CompletedTask;
    }

    /// <summary>Filters beside the usual ones are kept by the session, and there is no end of names that commands could have.</summary>
    private static bool MayHave(InterceptingSubscriptionEventArgs e)
    {
        lock (e.SessionItems)
        {
            HashSet<string> filters = e.SessionItems["filters"] as HashSet<string> ?? new HashSet<string>(StringComparer.Ordinal);
            e.SessionItems["filters"] = filters;
            return filters.Contains(e.TopicFilter.Topic) || (filters.Count < MaxSubscriptions && filters.Add(e.TopicFilter.Topic));
        }
    }

    /// <summary>Desired states come back with the hub: the same bytes.</summary>
    private async Task LoadRetainedAsync(LoadingRetainedMessagesEventArgs e)
    {
        List<(string Node, byte[] Payload)> rows = await _store.ReadAsync(
            s => s.Query("SELECT id, desired FROM nodes WHERE desired IS NOT NULL AND revoked=0", r => (r.Text(0), r.Bytes(1)!)), CancellationToken.None);
        e.LoadedRetainedMessages.AddRange(rows.Select(r => Message(new FleetTopic(r.Node, TopicKind.Desired).ToString(), r.Payload, true, null)));
    }

    private async Task CutAsync(string node)
    {
        try
        {
            await _server.DisconnectClientAsync(node, new MqttServerClientDisconnectOptions { ReasonCode = MqttDisconnectReasonCode.NotAuthorized, ReasonString = "certificate is revoked" });
            LogCut(node);
        }
        catch (InvalidOperationException)
        {
            // It is not connected.
        }
    }

    private Task Changed(string client, bool connected)
    {
        if (connected)
        {
            _connected[client] = client;
        }
        else
        {
            _connected.TryRemove(client, out _);
            _open.TryRemove(client, out _);
        }

        return Task.CompletedTask;
    }

    [LoggerMessage(LogLevel.Information, "The embedded broker takes nodes on port {Port}")]
    private partial void LogStarted(int port);

    [LoggerMessage(LogLevel.Warning, "Node {Node} sends more than {Messages} messages or {Mebibytes} MiB in a minute; it is slowed down (--node-messages-per-minute, --node-mib-per-minute)")]
    private partial void LogSlowed(string node, int messages, long mebibytes);

    [LoggerMessage(LogLevel.Warning, "Node {Node} was cut off: its certificate is revoked")]
    private partial void LogCut(string node);
}
