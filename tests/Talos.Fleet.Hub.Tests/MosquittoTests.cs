using System.Diagnostics;
using MQTTnet;
using MQTTnet.Protocol;
using Talos.Fleet.Api;
using Talos.Fleet.Protocol;

namespace Talos.Fleet.Hub.Tests;

/// <summary>A hub with mosquitto as its broker.</summary>
[Trait("Category", "Integration")]
public sealed class MosquittoTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task With_mosquitto_events_come_once_are_acknowledged_and_orders_reach_the_node()
    {
        int port = RunningHub.FreePort();
        await using RunningHub hub = await RunningHub.StartAsync(o => o with { Broker = $"mqtts://localhost:{port}" });
        await RunningHub.UntilAsync(() => Task.FromResult(File.Exists(Path.Combine(hub.Options.Data, "crl.pem"))));
        using Process broker = Start(hub.Options, port);
        try
        {
            await RunningHub.UntilAsync(async () => (await hub.Nobody.GetAsync(new Uri("/healthz", UriKind.Relative), Token)).IsSuccessStatusCode);
            (IMqttClient node, List<string> received) = await ConnectAsync(hub, "n-1", port);
            (IMqttClient other, List<string> stolen) = await ConnectAsync(hub, "n-2", port);
            await node.SubscribeAsync("talos/1/n-1/desired", MqttQualityOfServiceLevel.AtLeastOnce, Token);
            await node.SubscribeAsync("talos/1/n-1/ack", MqttQualityOfServiceLevel.AtLeastOnce, Token);
            await other.SubscribeAsync("talos/1/#", MqttQualityOfServiceLevel.AtLeastOnce, Token);
            EventBatch batch = new()
            {
                Stream = "s",
                Oldest = 1,
                Events = [.. Enumerable.Range(1, 20).Select(i => new NodeEvent { Seq = i, Time = DateTimeOffset.UtcNow, BootId = "b", Kind = "test.event", Message = "m" })],
            };

            // Twice, as after a connection that was cut; the first ones until the hub's subscription stands.
            await RunningHub.UntilAsync(async () =>
            {
                await RunningHub.PublishAsync(node, "talos/1/n-1/events", FleetMessages.Write(batch));
                await RunningHub.PublishAsync(other, "talos/1/n-1/events", FleetMessages.Write(batch with { Stream = "forged" }));
                return received.Contains("talos/1/n-1/ack");
            });
            await RunningHub.PublishAsync(node, "talos/1/n-1/events", FleetMessages.Write(batch));
            using HttpResponseMessage put = await hub.Admin.PutAsync(
                new Uri("/api/v1/nodes/n-1/settings", UriKind.Relative), System.Net.Http.Json.JsonContent.Create(new SettingsRequest { TelemetryIntervalSeconds = 60 }, HubJson.Default.SettingsRequest), Token);
            await RunningHub.UntilAsync(() => Task.FromResult(received.Contains("talos/1/n-1/desired")));
            Page<EventRecord> events = await hub.GetAsync("/api/v1/nodes/n-1/events?after=0", HubJson.Default.PageEventRecord);

            Assert.Equal(Enumerable.Range(1, 20).Select(i => (long)i), events.Items.Select(e => e.Event.Seq));
            Assert.All(events.Items, e => Assert.Equal("s", e.Stream));
            Assert.Empty(stolen);
        }
        finally
        {
            broker.Kill();
            await broker.WaitForExitAsync(CancellationToken.None);
        }
    }

    private static async Task<(IMqttClient, List<string>)> ConnectAsync(RunningHub hub, string node, int port) => await hub.ConnectAsync(await hub.NodeAsync(node), node, port);

    private static Process Start(HubOptions options, int port)
    {
        // mosquitto gives up its rights when root starts it: it is told to stay who it is, to read keys that are their owner's alone.
        string data = Path.GetFullPath(options.Data), config = Path.Combine(data, "mosquitto.conf");
        File.WriteAllText(
            config,
            $"""
            user root
            listener {port} 127.0.0.1
            cafile {data}/ca.pem
            certfile {data}/server.pem
            keyfile {data}/server.key
            crlfile {data}/crl.pem
            require_certificate true
            use_identity_as_username true
            acl_file {data}/mosquitto.acl

            """);
        return Process.Start(new ProcessStartInfo("mosquitto", ["-c", config]) { RedirectStandardError = false })!;
    }
}
