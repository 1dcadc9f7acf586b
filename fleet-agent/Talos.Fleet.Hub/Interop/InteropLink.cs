using System.Buffers;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Threading.Channels;
using MQTTnet;
using MQTTnet.Protocol;
using Talos.Fleet.Hub.Identity;
using Talos.Fleet.Hub.Messaging;

namespace Talos.Fleet.Hub.Interop;

/// <summary>A message that came.</summary>
internal sealed record InteropMessage(string Topic, byte[] Payload, bool Retained);

/// <summary>One connection to the broker of other systems; after it is cut, a new one is made.</summary>
internal sealed class InteropLink : IDisposable
{
    private const int Waiting = 1024;
    private readonly IMqttClient _client = new MqttClientFactory().CreateMqttClient();
    private readonly Channel<InteropMessage> _received = Channel.CreateBounded<InteropMessage>(new BoundedChannelOptions(Waiting) { SingleReader = true, SingleWriter = true });

    public bool IsConnected => _client.IsConnected;

    public ChannelReader<InteropMessage> Received => _received.Reader;

    /// <summary>Connects; the session begins and ends with the connection.</summary>
    /// <exception cref="InvalidOperationException">The broker refused.</exception>
    public static async Task<InteropLink> ConnectAsync(
        InteropOptions options, FleetAuthority authority, Refusals refusals, string clientId, string kind, string willTopic, byte[] will, bool retainWill, CancellationToken ct)
    {
        InteropLink link = new(refusals, kind);
        try
        {
            MqttClientOptionsBuilder setup = new MqttClientOptionsBuilder()
                .WithTcpServer(options.Broker.Host, options.Broker.Port)
                .WithProtocolVersion(MQTTnet.Formatter.MqttProtocolVersion.V500)
                .WithClientId(clientId)
                .WithCleanStart(true)
                .WithSessionExpiryInterval(0)
                .WithKeepAlivePeriod(TimeSpan.FromSeconds(15))
                .WithTimeout(TimeSpan.FromSeconds(10))
                .WithWillTopic(willTopic)
                .WithWillPayload(will)
                .WithWillQualityOfServiceLevel(MqttQualityOfServiceLevel.AtLeastOnce)
                .WithWillRetain(retainWill)
                .WithStreamProvider(new FleetStreams(host => Tls(host, options, authority)));
            if (options.User is { } user)
            {
                setup.WithCredentials(user, options.PasswordFile is { } file ? (await File.ReadAllTextAsync(file, ct)).TrimEnd('\r', '\n') : "");
            }

            MqttClientConnectResult result = await link._client.ConnectAsync(setup.Build(), ct);
            return result.ResultCode is MqttClientConnectResultCode.Success ? link : throw new InvalidOperationException($"refused: {result.ResultCode} {result.ReasonString}");
        }
        catch
        {
            link.Dispose();
            throw;
        }
    }

    /// <summary>Subscribes with QoS 1.</summary>
    /// <exception cref="InvalidOperationException">The broker refused.</exception>
    public async Task SubscribeAsync(string filter, CancellationToken ct)
    {
        MqttClientSubscribeResult result = await _client.SubscribeAsync(filter, MqttQualityOfServiceLevel.AtLeastOnce, ct);
        if (result.Items.FirstOrDefault(i => i.ResultCode > MqttClientSubscribeResultCode.GrantedQoS2) is { } refused)
        {
            throw new InvalidOperationException($"subscribe {filter}: {refused.ResultCode}");
        }
    }

    /// <summary>Publishes.</summary>
    /// <exception cref="InvalidOperationException">The broker refused.</exception>
    public async Task PublishAsync(string topic, byte[] payload, bool certain, bool retain, CancellationToken ct)
    {
        MqttClientPublishResult result = await _client.PublishAsync(
            new MqttApplicationMessage
            {
                Topic = topic,
                Payload = new ReadOnlySequence<byte>(payload),
                Retain = retain,
                QualityOfServiceLevel = certain ? MqttQualityOfServiceLevel.AtLeastOnce : MqttQualityOfServiceLevel.AtMostOnce,
            },
            ct);
        if (!result.IsSuccess && result.ReasonCode is not MqttClientPublishReasonCode.NoMatchingSubscribers)
        {
            throw new InvalidOperationException($"publish {topic}: {result.ReasonCode} {result.ReasonString}");
        }
    }

    /// <summary>Leaves in order: the broker publishes no Will.</summary>
    public Task LeaveAsync(CancellationToken ct) => _client.DisconnectAsync(new MqttClientDisconnectOptions(), ct);

    public void Dispose() => _client.Dispose();

    private InteropLink(Refusals refusals, string kind)
    {
        _client.ApplicationMessageReceivedAsync += e =>
        {
            MqttApplicationMessage m = e.ApplicationMessage;
            if (m.Payload.Length > Sparkplug.NodeCommand.MaxBytes)
            {
                refusals.Count(m.Topic, kind, "Oversized", $"{m.Payload.Length} bytes; the limit is {Sparkplug.NodeCommand.MaxBytes}");
            }
            else if (!_received.Writer.TryWrite(new InteropMessage(m.Topic, m.Payload.ToArray(), m.Retain)))
            {
                refusals.Count(m.Topic, kind, "flood", $"{Waiting} messages wait already");
            }

            return Task.CompletedTask;
        };
        _client.DisconnectedAsync += _ =>
        {
            _received.Writer.TryComplete();
            return Task.CompletedTask;
        };
    }

    private static SslClientAuthenticationOptions Tls(string host, InteropOptions options, FleetAuthority authority)
    {
        X509Certificate2Collection trust = [];
        if (options.CaFile is { } file)
        {
            trust.ImportFromPemFile(file);
        }
        else
        {
            trust.Add(authority.Certificate);
        }

        X509Certificate2? own = options.CaFile is null ? authority.Client : null;
        if (options.CertificateFile is { } pem)
        {
            using X509Certificate2 read = X509Certificate2.CreateFromPemFile(pem, pem);
            own = X509CertificateLoader.LoadPkcs12(read.Export(X509ContentType.Pkcs12), null);
        }

        return TlsPolicy.Client(TlsPolicy.Trusting(trust, TlsPolicy.ServerUse), own, host);
    }
}
