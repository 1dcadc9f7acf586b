using MQTTnet;
using Talos.Fleet.Protocol;

namespace Talos.Fleet.Hub.Tests;

[Trait("Category", "Integration")]
public sealed class MissingNodesTests
{
    [Fact]
    public async Task A_node_that_is_not_back_after_the_hub_ended_is_lost_until_it_is_back()
    {
        await using RunningHub hub = await RunningHub.StartAsync();
        (IMqttClient here, _) = await hub.ConnectAsync(await hub.NodeAsync("node-here"), "node-here");
        System.Security.Cryptography.X509Certificates.X509Certificate2 identity = await hub.NodeAsync("node-gone");
        (IMqttClient gone, _) = await hub.ConnectAsync(identity, "node-gone");
        await SayAsync(here, "node-here", DateTimeOffset.UtcNow);
        await SayAsync(gone, "node-gone", DateTimeOffset.UtcNow);

        // It leaves without its Will, as when the hub is stopped.
        await gone.DisconnectAsync(cancellationToken: TestContext.Current.CancellationToken);
        await RunningHub.UntilAsync(async () => await hub.Missing.SweepAsync(TestContext.Current.CancellationToken) == 1);

        Assert.Equal((PresenceStatus.Online, PresenceStatus.Lost), (await PresenceAsync(hub, "node-here"), await PresenceAsync(hub, "node-gone")));

        (IMqttClient back, _) = await hub.ConnectAsync(identity, "node-gone");
        await SayAsync(back, "node-gone", DateTimeOffset.UtcNow);

        Assert.Equal(PresenceStatus.Online, await PresenceAsync(hub, "node-gone"));
        Assert.Equal(0, await hub.Missing.SweepAsync(TestContext.Current.CancellationToken));
        here.Dispose();
        gone.Dispose();
        back.Dispose();
    }

    private static async Task SayAsync(IMqttClient client, string node, DateTimeOffset time) => Assert.True(
        (await RunningHub.PublishAsync(
            client, new FleetTopic(node, TopicKind.Presence).ToString(), FleetMessages.Write(new Presence { Status = PresenceStatus.Online, BootId = "boot", Time = time }))).IsSuccess);

    private static async Task<PresenceStatus?> PresenceAsync(RunningHub hub, string node) =>
        (await hub.GetAsync($"/api/v1/nodes/{node}", Api.HubJson.Default.NodeDetail)).Presence?.Status;
}
