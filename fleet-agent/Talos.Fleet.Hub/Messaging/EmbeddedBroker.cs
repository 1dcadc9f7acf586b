using System.Collections.Concurrent;
using System.Net;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using MQTTnet;
using MQTTnet.Protocol;
using MQTTnet.Server;
using Talos.Fleet.Hub.Identity;
using Talos.Fleet.Hub.Store;
using Talos.Fleet.Protocol;

namespace Talos.Fleet.Hub.Messaging;

/// <summary>A broker inside the hub: mutual TLS, the access rule of the protocol, and a confirmation only for what is stored.</summary>
internal sealed partial class EmbeddedBroker : IBroker, IHostedService, IDisposable
{
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
    private readonly CancellationTokenSource _stopping = new();

    public EmbeddedBroker(
        Ingest ingest, FleetAuthority authority, Enrollment enrollment, FleetStore store, Refusals refusals, HubOptions options, TimeProvider time, ILogger<EmbeddedBroker> log)
    {
        (_ingest, _enrollment, _store, _refusals, _options, _time, _log) = (ingest, enrollment, store, refusals, options, time, log);
        bool Trusted(X509Certificate? certificate) =>
            certificate is X509Certificate2 c && authority.Issued(c, time.GetUtcNow()) && !enrollment.IsRevoked(c);

        bool v6 = options.Listen.AddressFamily is System.Net.Sockets.AddressFamily.InterNetworkV6;
        MqttServerOptions setup = new MqttServerOptionsBuilder()
            .WithoutDefaultEndpoint()
            .WithEncryptedEndpoint()
            .WithEncryptedEndpointPort(options.MqttPort)
            .WithEncryptedEndpointBoundIPAddress(v6 && options.Listen.Equals(IPAddress.IPv6Any) ? IPAddress.Any : v6 ? IPAddress.None : options.Listen)
            .WithEncryptedEndpointBoundIPV6Address(v6 ? options.Listen : IPAddress.None)
            .WithEncryptionCertificate(authority.Server)
            .WithEncryptionSslProtocol(SslProtocols.Tls12 | SslProtocols.Tls13)
            .WithClientCertificate((_, certificate, _, _) => Trusted(certificate))
            .WithConnectionBacklog(4096)
            .WithTlsEndpointReuseAddress()
            .WithPersistentSessions()
            .WithMaxPendingMessagesPerClient(1000)
            .Build();
        _server = new MqttServerFactory().CreateMqttServer(setup);
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
        LogStarted(_options.MqttPort);
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        await _server.StopAsync();
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

    /// <summary>The client id is the CommonName, so that nobody takes over another node's session.</summary>
    private Task ValidateAsync(ValidatingConnectionEventArgs e)
    {
        string? name = e.ChannelAdapter.ClientCertificate is { } certificate ? FleetAuthority.CommonName(certificate.SubjectName) : null;
        if (name is null || !(NodeId.IsValid(name) || NodeId.IsHub(name)))
        {
            e.ReasonCode = MqttConnectReasonCode.NotAuthorized;
            _refusals.Count("(connect)", "none", "certificate", $"client {e.ClientId} from {e.RemoteEndPoint}: its certificate names no node");
        }
        else if (e.ClientId != name)
        {
            e.ReasonCode = MqttConnectReasonCode.ClientIdentifierNotValid;
            _refusals.Count("(connect)", "none", "clientId", $"client {e.ClientId} has the certificate of {name}");
        }

        return Task.CompletedTask;
    }

    private async Task PublishingAsync(InterceptingPublishEventArgs e)
    {
        string topic = e.ApplicationMessage.Topic;
        if (e.ClientId == _options.Name && !_connected.ContainsKey(e.ClientId))
        {
            return;
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
        if (FleetTopic.Parse(topic)?.Kind is TopicKind.Presence && FleetMessages.ReadPresence(e.ApplicationMessage.Payload.IsSingleSegment ? e.ApplicationMessage.Payload.FirstSpan : default) is { IsGood: true, Value.Status: PresenceStatus.Lost })
        {
            byte[] payload = e.ApplicationMessage.Payload.FirstSpan.ToArray();
            _ = LostAsync(e.ClientId, topic, payload);
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

    /// <summary>A Will: passed on only when the node is not back in time, so that a planned restart is no alarm.</summary>
    private async Task LostAsync(string node, string topic, byte[] payload)
    {
        try
        {
            await Task.Delay(_options.WillDelay, _time, _stopping.Token);
            if (!_connected.ContainsKey(node))
            {
                await _ingest.SubmitAsync(topic, new System.Buffers.ReadOnlySequence<byte>(payload), _stopping.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // The hub stops; the node comes back to the next one.
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
        else
        {
            _sessions[e.ClientId] = e.Session;
        }

        return Task.CompletedTask;
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
        }

        return Task.CompletedTask;
    }

    [LoggerMessage(LogLevel.Information, "The embedded broker takes nodes on port {Port}")]
    private partial void LogStarted(int port);

    [LoggerMessage(LogLevel.Warning, "Node {Node} was cut off: its certificate is revoked")]
    private partial void LogCut(string node);
}
