using MQTTnet;
using MQTTnet.Protocol;
using Talos.Fleet.Hub.Identity;
using Talos.Fleet.Hub.Orders;
using Talos.Fleet.Protocol;

namespace Talos.Fleet.Hub.Messaging;

/// <summary>The hub as a client of any MQTT 5 broker. Shared subscriptions give each message to one of the hubs; a message is confirmed when it is stored.</summary>
/// <remarks>
/// The session of a single hub is kept while it is away. That of one among several is not: brokers go on sharing messages out to a kept
/// session, and nobody would read them. Events lost so are sent again by the nodes, and states are read again by the hub that leads next.
/// </remarks>
internal sealed partial class ExternalBroker : BackgroundService, IBroker
{
    private const string Share = "$share/talos-hubs/";

    private static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(30);

    /// <summary>So long a broker may go on giving messages to a hub that is gone: one and a half times the keep-alive, and some.</summary>
    private static readonly TimeSpan Unnoticed = KeepAlive * 2;

    private readonly Ingest _ingest;
    private readonly FleetAuthority _authority;
    private readonly HubOptions _options;
    private readonly NodeQuotas _quotas;
    private readonly HubMetrics _metrics;
    private readonly Leader _leader;
    private readonly TimeProvider _time;
    private readonly ILogger<ExternalBroker> _log;
    private readonly IMqttClient _client = new MqttClientFactory().CreateMqttClient();

    public ExternalBroker(Ingest ingest, FleetAuthority authority, NodeQuotas quotas, HubMetrics metrics, HubOptions options, Leader leader, TimeProvider time, ILogger<ExternalBroker> log)
    {
        (_ingest, _authority, _quotas, _metrics, _options, _leader, _time, _log) = (ingest, authority, quotas, metrics, options, leader, time, log);
        _client.ApplicationMessageReceivedAsync += ReceiveAsync;
    }

    public bool IsReady => _client.IsConnected;

    public int? Connections => null;

    public async Task PublishAsync(string topic, ReadOnlyMemory<byte> payload, bool retain, TimeSpan? life, CancellationToken ct)
    {
        MqttClientPublishResult result = await _client.PublishAsync(EmbeddedBroker.Message(topic, payload, retain, life), ct);
        if (!result.IsSuccess)
        {
            throw new InvalidOperationException($"broker: publish {topic}: {result.ReasonCode} {result.ReasonString}");
        }
    }

    public override void Dispose()
    {
        _client.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        TimeSpan pause = TimeSpan.FromSeconds(1);
        bool led = _leader.IsLeader;
        long? looked = null;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (!_client.IsConnected)
                {
                    await ConnectAsync(stoppingToken);
                    pause = TimeSpan.FromSeconds(1);
                }

                // Another hub led until now, and may have died with messages that were its share.
                if (_leader.IsLeader && !led)
                {
                    await ReadRetainedAsync(stoppingToken);
                    looked = _time.GetTimestamp();
                }
                else if (looked is { } since && _time.GetElapsedTime(since) >= Unnoticed)
                {
                    await ReadRetainedAsync(stoppingToken);
                    looked = null;
                }

                led = _leader.IsLeader;
                await Task.Delay(TimeSpan.FromSeconds(1), _time, stoppingToken);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                LogFailed(_options.Broker!, e.Message, pause);
                await Task.Delay(pause, _time, stoppingToken);
                pause = pause < TimeSpan.FromSeconds(30) ? pause * 2 : pause;
            }
        }
    }

    private async Task ConnectAsync(CancellationToken ct)
    {
        BrokerUrl url = BrokerUrl.Parse(_options.Broker)!;
        MqttClientOptions setup = new MqttClientOptionsBuilder()
            .WithTcpServer(url.Host, url.Port)
            .WithProtocolVersion(MQTTnet.Formatter.MqttProtocolVersion.V500)
            .WithClientId(_options.Name)
            .WithCleanStart(false)
            .WithSessionExpiryInterval(_options.IsAlone ? (uint)FleetDefaults.SessionExpiry.TotalSeconds : 0)
            .WithKeepAlivePeriod(KeepAlive)
            .WithReceiveMaximum(2000)
            .WithStreamProvider(new FleetStreams(host => TlsPolicy.Client(TlsPolicy.Trusting([_authority.Certificate], TlsPolicy.ServerUse), _authority.Client, host)))
            .Build();
        MqttClientConnectResult result = await _client.ConnectAsync(setup, ct);
        if (result.ResultCode is not MqttClientConnectResultCode.Success)
        {
            throw new InvalidOperationException($"refused: {result.ResultCode} {result.ReasonString}");
        }

        MqttClientSubscribeOptionsBuilder shared = new();
        foreach (string filter in FleetTopic.HubFilters)
        {
            shared.WithTopicFilter(Share + filter, MqttQualityOfServiceLevel.AtLeastOnce);
        }

        await _client.SubscribeAsync(shared.Build(), ct);
        LogConnected(_options.Broker!, result.IsSessionPresent);
        if (!result.IsSessionPresent)
        {
            await ReadRetainedAsync(ct);
        }
    }

    /// <summary>What nodes said while no hub of this name listened: shared subscriptions give no retained messages, so they are read once without sharing.</summary>
    private async Task ReadRetainedAsync(CancellationToken ct)
    {
        string[] retained = [$"{FleetTopic.Root}/+/presence", $"{FleetTopic.Root}/+/state"];
        foreach (string filter in retained)
        {
            await _client.SubscribeAsync(filter, MqttQualityOfServiceLevel.AtLeastOnce, ct);
        }

        await Task.Delay(TimeSpan.FromSeconds(5), _time, ct);
        foreach (string filter in retained)
        {
            await _client.UnsubscribeAsync(filter, ct);
        }
    }

    private async Task ReceiveAsync(MqttApplicationMessageReceivedEventArgs e)
    {
        if (FleetTopic.Parse(e.ApplicationMessage.Topic) is { } topic && !_quotas.MayPass(topic.Node, e.ApplicationMessage.Payload.Length, out bool tell))
        {
            // Confirmed, or it would stay in the way of other nodes' messages. Events are sent again until the hub itself says that it has them.
            _metrics.Refused("quota", "dropped");
            if (tell)
            {
                LogDropped(topic.Node, _options.NodeQuota.Messages, _options.NodeQuota.Bytes >> 20);
            }

            return;
        }

        e.AutoAcknowledge = false;
        Task stored = await _ingest.SubmitAsync(e.ApplicationMessage.Topic, e.ApplicationMessage.Payload, CancellationToken.None);
        _ = ConfirmAsync(e, stored);
    }

    private async Task ConfirmAsync(MqttApplicationMessageReceivedEventArgs e, Task stored)
    {
        try
        {
            await stored;
            await e.AcknowledgeAsync(CancellationToken.None);
        }
        catch (Exception x)
        {
            // The broker sends it again with the next connection; the database knows repeats.
            LogNotConfirmed(e.ApplicationMessage.Topic, x.Message);
        }
    }

    [LoggerMessage(LogLevel.Information, "Connected to {Broker}; session kept: {Kept}")]
    private partial void LogConnected(string broker, bool kept);

    [LoggerMessage(LogLevel.Warning, "Node {Node} sends more than {Messages} messages or {Mebibytes} MiB in a minute; what exceeds is dropped (--node-messages-per-minute, --node-mib-per-minute)")]
    private partial void LogDropped(string node, int messages, long mebibytes);

    [LoggerMessage(LogLevel.Warning, "Broker {Broker}: {Problem}; next attempt in {Pause}")]
    private partial void LogFailed(string broker, string problem, TimeSpan pause);

    [LoggerMessage(LogLevel.Warning, "A message on {Topic} was not confirmed: {Problem}")]
    private partial void LogNotConfirmed(string topic, string problem);
}
