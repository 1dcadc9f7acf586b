using System.Buffers;
using System.Diagnostics;
using System.Text;
using System.Text.Json;
using MQTTnet;
using MQTTnet.Protocol;

namespace Talos.Fleet.Hub.Tests.Interop;

/// <summary>Something that came to the other system.</summary>
internal sealed record Arrived(string Topic, byte[] Payload, bool Retained)
{
    public string Text => Encoding.UTF8.GetString(Payload);

    public JsonElement Json => JsonDocument.Parse(Payload).RootElement;
}

/// <summary>mosquitto with the hub's list of rights, and a client that reads everything on a listener of its own.</summary>
internal sealed class OtherSystem : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("interop-").FullName;
    private readonly int _plain = RunningHub.FreePort();
    private readonly List<Arrived> _all = [];
    private IMqttClient _client = new MqttClientFactory().CreateMqttClient();
    private Process? _broker;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public int Port { get; } = RunningHub.FreePort();

    public string Url => $"mqtts://localhost:{Port}";

    public IReadOnlyList<Arrived> All
    {
        get
        {
            lock (_all)
            {
                return [.. _all];
            }
        }
    }

    /// <summary>Starts, or starts again, with files of the hub's data folder.</summary>
    public async Task StartAsync(HubOptions hub)
    {
        string data = Path.GetFullPath(hub.Data), config = Path.Combine(_folder, "mosquitto.conf");
        await File.WriteAllTextAsync(
            config,
            $"""
            user root
            per_listener_settings true
            listener {Port} 127.0.0.1
            cafile {data}/ca.pem
            certfile {data}/server.pem
            keyfile {data}/server.key
            require_certificate true
            use_identity_as_username true
            acl_file {data}/mosquitto.acl
            listener {_plain} 127.0.0.1
            allow_anonymous true

            """,
            Token);
        _broker = Process.Start(new ProcessStartInfo("mosquitto", ["-c", config]))!;
        _client.Dispose();
        _client = new MqttClientFactory().CreateMqttClient();
        _client.ApplicationMessageReceivedAsync += e =>
        {
            lock (_all)
            {
                _all.Add(new Arrived(e.ApplicationMessage.Topic, e.ApplicationMessage.Payload.ToArray(), e.ApplicationMessage.Retain));
            }

            return Task.CompletedTask;
        };
        MqttClientOptions setup = new MqttClientOptionsBuilder().WithTcpServer("127.0.0.1", _plain).WithProtocolVersion(MQTTnet.Formatter.MqttProtocolVersion.V500).WithClientId("other").Build();
        await RunningHub.UntilAsync(async () =>
        {
            try
            {
                await _client.ConnectAsync(setup, Token);
                return true;
            }
            catch (MQTTnet.Exceptions.MqttCommunicationException)
            {
                return false;
            }
        });
        await _client.SubscribeAsync("#", MqttQualityOfServiceLevel.AtLeastOnce, Token);
    }

    public async Task KillAsync()
    {
        _broker!.Kill();
        await _broker.WaitForExitAsync(Token);
        _broker.Dispose();
    }

    public Task SendAsync(string topic, byte[] payload, bool retain = false) => _client.PublishAsync(
        new MqttApplicationMessage { Topic = topic, Payload = new ReadOnlySequence<byte>(payload), Retain = retain, QualityOfServiceLevel = MqttQualityOfServiceLevel.AtLeastOnce }, Token);

    /// <summary>Waits for the message of this number that fits.</summary>
    public async Task<Arrived> NextAsync(Func<Arrived, bool> fits, int number = 1)
    {
        Arrived? found = null;
        try
        {
            await RunningHub.UntilAsync(() => Task.FromResult((found = All.Where(fits).Skip(number - 1).FirstOrDefault()) is not null));
        }
        catch (OperationCanceledException) when (!Token.IsCancellationRequested)
        {
            Assert.Fail($"no such message; there were {string.Join(", ", All.Select(a => a.Topic))}");
        }

        return found!;
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        if (_broker is not null && !_broker.HasExited)
        {
            _broker.Kill();
            await _broker.WaitForExitAsync(CancellationToken.None);
        }

        Directory.Delete(_folder, recursive: true);
    }
}
