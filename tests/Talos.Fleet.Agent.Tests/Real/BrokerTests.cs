using System.Collections.Concurrent;
using MQTTnet;
using MQTTnet.Protocol;
using Talos.Fleet.Protocol;

namespace Talos.Fleet.Agent.Tests.Real;

/// <summary>The node's side against a real mosquitto with mTLS and the access rule by CommonName.</summary>
[Trait("Category", "Integration")]
public sealed class BrokerTests : MosquittoTest
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;


    public BrokerTests()
        : base("fleet-agent")
    {
    }

    [Fact]
    public async Task A_node_tells_presence_state_telemetry_and_events_and_leaves_with_its_reason()
    {
        await using RunningAgent agent = await StartAsync("node-a");
        for (int i = 0; i < 30; i++)
        {
            agent.Node.Happen("service.failed", $"event {i}");
        }

        await Until.TrueAsync("30 events", () => Hub.History.Count == 30);
        await Until.TrueAsync("telemetry and state", () => !Hub.Measurements.IsEmpty && !Hub.States.IsEmpty);
        Assert.Equal(PresenceStatus.Online, Hub.Presences.First().Status);
        Assert.Equal(Enumerable.Range(0, 30).Select(i => $"event {i}"), Hub.History.Select(e => e.Message));
        Assert.Equal("test-board", Hub.States.First().Board);
        await Until.TrueAsync("the queue is empty", () => Directory.GetFiles(Path.Combine(Folder, "node-a", "data", "events")).Length == 1);
        agent.Node.Facts = agent.Node.Facts with { Stage = "rebooting" };
        agent.State.ToDo.Raise();
        await Until.TrueAsync("the stage is told", () => Hub.States.Last().Stage == "rebooting");

        await agent.StopAsync();

        await Until.TrueAsync("it says goodbye", () => Hub.Presences.Last() is { Status: PresenceStatus.Offline, Reason: "rebooting" });
        Assert.Empty(Hub.Problems);
    }

    [Fact]
    public async Task A_node_neither_reads_nor_writes_topics_of_another_node()
    {
        ConcurrentQueue<string> stolen = new();
        using IMqttClient thief = await Clients.ConnectAsync(Fleet, Broker.Port, "node-b", Fleet.Issue("CN=node-b"));
        thief.ApplicationMessageReceivedAsync += e =>
        {
            stolen.Enqueue(e.ApplicationMessage.Topic);
            return Task.CompletedTask;
        };
        foreach (string filter in new[] { "talos/1/node-a/#", "talos/1/+/desired", "talos/1/node-a/command/#", "#", "talos/1/node-b/command/#" })
        {
            await thief.SubscribeAsync(filter, MqttQualityOfServiceLevel.AtLeastOnce, Ct);
        }

        // What is another's is not delivered; what is its own comes after it, on the same connection.
        await Hub.PublishAsync(new FleetTopic("node-a", TopicKind.Desired), [1]);
        await Hub.PublishAsync(new FleetTopic("node-a", TopicKind.Command, "c-1"), [1]);
        await Hub.PublishAsync(new FleetTopic("node-b", TopicKind.Command, "c-2"), [1]);
        await Until.TrueAsync("its own command", () => !stolen.IsEmpty);
        foreach (string topic in new[] { "talos/1/node-a/events", "talos/1/node-a/state", "talos/1/node-a/desired", "talos/1/node-b/desired", "talos/1/node-b/command/c-3" })
        {
            await thief.PublishStringAsync(topic, "x", MqttQualityOfServiceLevel.AtLeastOnce, retain: true, Ct);
        }

        await thief.PublishStringAsync("talos/1/node-b/state", "x", MqttQualityOfServiceLevel.AtLeastOnce, cancellationToken: Ct);
        await Until.TrueAsync("its own state", () => Hub.Topics.Contains("talos/1/node-b/state"));

        Assert.All(stolen, t => Assert.Equal("talos/1/node-b/command/c-2", t));
        Assert.DoesNotContain(Hub.Topics, t => t.StartsWith("talos/1/node-a/", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_node_of_an_unknown_CA_is_refused_and_says_why_and_stays()
    {
        using TestFleet other = new();
        AgentSettings settings = RunningAgent.Settings(Folder, "node-a");
        other.Enrol(settings.StateFolder, "node-a", Broker.Port);
        CapturedLog log = new();
        await using RunningAgent agent = new();

        await agent.StartAsync(settings, log);

        await Until.TrueAsync("it says why", () => log.Lines.Any(l => l.StartsWith("The fleet is not reached", StringComparison.Ordinal)));
        Assert.Empty(Hub.Topics);
    }

    [Fact]
    public async Task A_certificate_of_an_unknown_CA_is_refused_by_the_broker()
    {
        using TestFleet other = new();

        await Assert.ThrowsAnyAsync<Exception>(() => Clients.ConnectAsync(Fleet, Broker.Port, "node-a", other.Issue("CN=node-a")));
    }

    [Fact]
    public async Task A_revoked_node_is_cut_off()
    {
        await using RunningAgent agent = await StartAsync("node-a");
        await Until.TrueAsync("it is there", () => !Hub.Presences.IsEmpty);
        Fleet.Revoke(agent.State.Identity!.File.Certificate);

        Broker.Kill();
        Hub.Topics.Clear();
        await Broker.StartAsync(withCrl: true);
        await Hub.ConnectAsync();
        await Until.TrueAsync("the broker refuses it", () => Broker.Log.Contains("certificate verify failed", StringComparison.Ordinal));
        agent.Node.Happen("service.failed", "unheard");

        using IMqttClient friend = await Clients.ConnectAsync(Fleet, Broker.Port, "node-b", Fleet.Issue("CN=node-b"));
        await friend.PublishStringAsync("talos/1/node-b/state", "x", MqttQualityOfServiceLevel.AtLeastOnce, cancellationToken: Ct);
        await Until.TrueAsync("others are heard", () => Hub.Topics.Contains("talos/1/node-b/state"));
        Assert.DoesNotContain(Hub.Topics, t => t.StartsWith("talos/1/node-a/", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Signed_orders_are_done_once_and_others_are_not()
    {
        await using RunningAgent agent = await StartAsync("node-a");
        await Until.TrueAsync("it is there", () => !Hub.Presences.IsEmpty);
        Command patch = new()
        {
            Node = "node-a",
            Id = "c-1",
            Revision = 1,
            Issued = DateTimeOffset.UtcNow,
            NotAfter = DateTimeOffset.UtcNow.AddMinutes(10),
            Kind = CommandKind.ApplyConfigPatch,
            Patch = "machine: {}",
        };
        byte[] signed = Hub.Signer.Sign(patch);
        FleetTopic topic = new("node-a", TopicKind.Command, "c-1");
        using TestFleet other = new();

        await Hub.PublishAsync(new FleetTopic("node-a", TopicKind.Command, "c-9"), other.Signer().Sign(patch with { Id = "c-9", Revision = 9 }));
        await Hub.PublishAsync(topic, signed);
        await Until.TrueAsync("it is done", () => Hub.Results.LastOrDefault()?.State is CommandState.Succeeded);
        int before = Hub.Results.Count;
        await Hub.PublishAsync(topic, signed);

        await Until.TrueAsync("the repeat is answered", () => Hub.Results.Count > before);
        Assert.Equal(["patch machine: {}"], agent.Node.Calls);
        Assert.Equal(CommandState.Succeeded, Hub.Results.Last().State);
        Assert.Equal(1, agent.State.Refused);
    }

    [Fact]
    public async Task A_desired_version_is_installed_when_nothing_holds_the_node_back()
    {
        await using RunningAgent agent = new();
        agent.Node.Facts = agent.Node.Facts with { Ready = false, Unmet = ["service kubelet is not healthy"] };
        await StartAsync(agent, "node-a");
        DesiredState desired = new()
        {
            Node = "node-a",
            Revision = 1,
            Issued = DateTimeOffset.UtcNow,
            NotAfter = DateTimeOffset.UtcNow.AddDays(1),
            Update = new UpdateTarget { Version = "v1.1.0", Url = "https://hub/b", BundleId = new string('a', 64) },
        };

        await Hub.PublishAsync(new FleetTopic("node-a", TopicKind.Desired), Hub.Signer.Sign(desired));
        await Until.TrueAsync("health holds it", () => Hub.States.LastOrDefault()?.Desired is { Status: DesiredStatus.Vetoed } d && d.Reason!.Contains("kubelet", StringComparison.Ordinal));
        Assert.Empty(agent.Node.Calls);
        agent.Node.Facts = agent.Node.Facts with { Ready = true, Unmet = [] };
        agent.State.ToDo.Raise();

        await Until.TrueAsync("it is installed", () => agent.Node.Calls.Contains("install v1.1.0"));
        agent.Node.Facts = agent.Node.Facts with { Version = "v1.1.0", Update = agent.Node.Facts.Update! with { RunningVersion = "v1.1.0", Phase = UpdatePhase.Committed } };
        agent.State.ToDo.Raise();
        await Until.TrueAsync("it is reported", () => Hub.States.Last().Desired is { Status: DesiredStatus.Done, Revision: 1 });
    }

    private async Task<RunningAgent> StartAsync(string node)
    {
        RunningAgent agent = new();
        await StartAsync(agent, node);
        return agent;
    }

    private Task StartAsync(RunningAgent agent, string node)
    {
        AgentSettings settings = RunningAgent.Settings(Folder, node);
        Fleet.Enrol(settings.StateFolder, node, Broker.Port);
        return agent.StartAsync(settings);
    }
}
