using System.Buffers;
using System.Collections.Concurrent;
using System.Security.Cryptography.X509Certificates;
using MQTTnet;
using MQTTnet.Protocol;
using Talos.Fleet.Protocol;

namespace Talos.Fleet.Agent.Tests.Real;

/// <summary>As much of a hub as the node's side needs: a store of events with acks, presences, states, results.</summary>
internal sealed class FakeHub(TestFleet fleet, int port, string name = "hub-1") : IAsyncDisposable
{
    private readonly (string Certificate, string Key) _identity = fleet.Issue($"CN={name}, OU=hub");
    private IMqttClient _client = new MqttClientFactory().CreateMqttClient();

    /// <summary>What is stored, by stream and number; a repeat is not stored again.</summary>
    public ConcurrentDictionary<(string Stream, long Seq), NodeEvent> Events { get; } = new();

    /// <summary>The order in which events were stored first.</summary>
    public ConcurrentQueue<NodeEvent> History { get; } = new();

    public ConcurrentQueue<Telemetry> Measurements { get; } = new();

    public ConcurrentQueue<Presence> Presences { get; } = new();

    public ConcurrentQueue<ReportedState> States { get; } = new();

    public ConcurrentQueue<CommandResult> Results { get; } = new();

    public ConcurrentQueue<string> Problems { get; } = new();

    public ConcurrentQueue<string> Topics { get; } = new();

    public OrderSigner Signer { get; } = fleet.Signer();

    /// <summary>Whether events are acknowledged.</summary>
    public bool Acks { get; set; } = true;

    public async Task ConnectAsync()
    {
        _client.Dispose();
        _client = await Clients.ConnectAsync(fleet, port, name, _identity);
        _client.ApplicationMessageReceivedAsync += e => ReceiveAsync(e.ApplicationMessage);
        foreach (string filter in FleetTopic.HubFilters)
        {
            await _client.SubscribeAsync(filter, MqttQualityOfServiceLevel.AtLeastOnce);
        }
    }

    public Task PublishAsync(FleetTopic topic, byte[] payload) => _client.PublishAsync(new MqttApplicationMessageBuilder()
        .WithTopic(topic.ToString()).WithPayload(payload).WithRetainFlag(FleetTopic.IsRetained(topic.Kind)).WithQualityOfServiceLevel(MqttQualityOfServiceLevel.AtLeastOnce).Build());

    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task ReceiveAsync(MqttApplicationMessage message)
    {
        Topics.Enqueue(message.Topic);
        byte[] payload = message.Payload.ToArray();
        switch (FleetTopic.Parse(message.Topic))
        {
            case { Kind: TopicKind.Presence }:
                Take(FleetMessages.ReadPresence(payload), Presences);
                break;
            case { Kind: TopicKind.State }:
                Take(FleetMessages.ReadState(payload), States);
                break;
            case { Kind: TopicKind.Telemetry }:
                Take(FleetMessages.ReadTelemetry(payload), Measurements);
                break;
            case { Kind: TopicKind.Result }:
                Take(FleetMessages.ReadResult(payload), Results);
                break;
            case { Kind: TopicKind.Events } topic:
                await StoreAsync(topic.Node, FleetMessages.ReadEvents(payload));
                break;
            default:
                Problems.Enqueue(message.Topic);
                break;
        }
    }

    private void Take<T>(Parsed<T> read, ConcurrentQueue<T> taken)
        where T : class
    {
        if (read.IsGood)
        {
            taken.Enqueue(read.Value);
        }
        else
        {
            Problems.Enqueue(read.Problem.Text);
        }
    }

    private async Task StoreAsync(string node, Parsed<EventBatch> read)
    {
        if (!read.IsGood)
        {
            Problems.Enqueue(read.Problem.Text);
            return;
        }

        foreach (NodeEvent e in read.Value.Events)
        {
            if (Events.TryAdd((read.Value.Stream, e.Seq), e))
            {
                History.Enqueue(e);
            }
        }

        long acked = read.Value.Oldest - 1;
        while (Events.ContainsKey((read.Value.Stream, acked + 1)))
        {
            acked++;
        }

        if (Acks)
        {
            await PublishAsync(new FleetTopic(node, TopicKind.Ack), FleetMessages.Write(new EventAck { Stream = read.Value.Stream, Seq = acked }));
        }
    }
}

/// <summary>Bare MQTT clients.</summary>
internal static class Clients
{
    public static async Task<IMqttClient> ConnectAsync(TestFleet trusted, int port, string id, (string Certificate, string Key) identity)
    {
        IMqttClient client = new MqttClientFactory().CreateMqttClient();
        var certificate = X509Certificate2.CreateFromPem(identity.Certificate, identity.Key);
        MqttClientOptions options = new MqttClientOptionsBuilder()
            .WithTcpServer("localhost", port)
            .WithProtocolVersion(MQTTnet.Formatter.MqttProtocolVersion.V500)
            .WithClientId(id)
            .WithTlsOptions(t => t.UseTls(true).WithClientCertificates([certificate]).WithCertificateValidationHandler(e => e.Certificate.Issuer == trusted.Authority.Subject))
            .Build();
        MqttClientConnectResult result = await client.ConnectAsync(options);
        Assert.Equal(MqttClientConnectResultCode.Success, result.ResultCode);
        return client;
    }
}
