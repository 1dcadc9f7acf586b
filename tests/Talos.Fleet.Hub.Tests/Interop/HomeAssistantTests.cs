using System.Text.Json.Nodes;
using MQTTnet;
using MQTTnet.Protocol;
using Talos.Fleet.Api;
using Talos.Fleet.Hub.Interop;
using Talos.Fleet.Hub.Store;
using Talos.Fleet.Protocol;

namespace Talos.Fleet.Hub.Tests.Interop;

/// <summary>A hub that shows its nodes to Home Assistant at mosquitto.</summary>
public sealed class HomeAssistantTests
{
    private static readonly string Bundle = new('a', 64);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("Category", "Integration")]
    public async Task A_node_is_discovered_told_of_ordered_to_and_withdrawn()
    {
        await using OtherSystem home = new();
        await using RunningHub hub = await RunningHub.StartAsync(o => o with { Interop = Options(home.Url, install: true) });
        await home.StartAsync(hub.Options);
        (IMqttClient node, List<string> received) = await hub.ConnectAsync(await hub.NodeAsync("n-1"), "n-1");
        await node.SubscribeAsync("talos/1/n-1/command/#", MqttQualityOfServiceLevel.AtLeastOnce, Token);
        await SparkplugTests.SayAsync(node, Reported(UpdatePhase.Idle), null);
        string url = hub.Options.PublicUrl;

        // Discovery, field by field.
        Arrived config = await home.NextAsync(a => a.Topic == "homeassistant/update/fleet_n-1/config" && a.Text.Contains("board-x", StringComparison.Ordinal));
        AssertSame(
            $$"""
            {
              "name": "System", "unique_id": "fleet_n-1",
              "device": {
                "identifiers": ["fleet_n-1"], "name": "Küche", "manufacturer": "Talos Edge", "configuration_url": "{{url}}/nodes/n-1", "model": "board-x", "sw_version": "1.0.0"
              },
              "origin": { "name": "talos-hub" }, "device_class": "firmware", "entity_category": "config", "title": "Talos Edge",
              "state_topic": "fleet/update/n-1/state",
              "availability": [{ "topic": "fleet/update/availability" }, { "topic": "fleet/update/n-1/availability" }],
              "availability_mode": "all", "payload_available": "online", "payload_not_available": "offline", "qos": 1,
              "command_topic": "fleet/update/n-1/install", "payload_install": "install"
            }
            """,
            config.Text);
        await home.NextAsync(a => a is { Topic: "fleet/update/availability", Text: "online" });
        await home.NextAsync(a => a is { Topic: "fleet/update/n-1/availability", Text: "online" });
        Arrived first = await home.NextAsync(a => a.Topic == "fleet/update/n-1/state" && a.Text.Contains("1.0.0", StringComparison.Ordinal));
        AssertSame("""{ "installed_version": "1.0.0", "latest_version": "1.0.0", "title": "Talos Edge", "in_progress": false, "update_percentage": null }""", first.Text);

        // A bundle that is uploaded is the latest version, an update that is going on is told.
        await AddBundleAsync(hub, Bundle, "2.0.0", "board-x");
        Arrived offered = await home.NextAsync(a => a.Topic == "fleet/update/n-1/state" && a.Text.Contains("2.0.0", StringComparison.Ordinal));
        AssertSame(
            """{ "installed_version": "1.0.0", "latest_version": "2.0.0", "title": "Talos Edge", "in_progress": false, "update_percentage": null, "release_summary": "Bundle aaaaaaaaaaaa, uploaded 2026-11-23" }""",
            offered.Text);
        await SparkplugTests.SayAsync(node, Reported(UpdatePhase.Writing), null);
        Arrived writing = await home.NextAsync(a => a.Topic == "fleet/update/n-1/state" && a.Json.GetProperty("in_progress").GetBoolean());
        Assert.Equal(40, writing.Json.GetProperty("update_percentage").GetInt32());

        // What is no command is counted; while an update is going on, so is a command.
        long refused = hub.Metrics.RefusedTotal;
        await home.SendAsync("fleet/update/n-1/install", "INSTALL"u8.ToArray());
        await home.SendAsync("fleet/update/n-2/install", "install"u8.ToArray());
        await home.SendAsync("fleet/update/n-1/install", "install"u8.ToArray());
        await RunningHub.UntilAsync(() => Task.FromResult(hub.Metrics.RefusedTotal == refused + 3));
        Assert.Empty((await hub.GetAsync("/api/v1/nodes/n-1/commands", HubJson.Default.PageCommandRecord)).Items);

        // A command becomes an order by the hub's own way, once, with its entry in the audit log.
        await SparkplugTests.SayAsync(node, Reported(UpdatePhase.Idle), null);
        await RunningHub.UntilAsync(() => Task.FromResult(!home.All.Last(a => a.Topic == "fleet/update/n-1/state").Json.GetProperty("in_progress").GetBoolean()));
        await home.SendAsync("fleet/update/n-1/install", "install"u8.ToArray());
        await home.SendAsync("fleet/update/n-1/install", "install"u8.ToArray());
        await RunningHub.UntilAsync(() => Task.FromResult(hub.Metrics.RefusedTotal == refused + 4 && received.Any(t => t.StartsWith("talos/1/n-1/command/", StringComparison.Ordinal))));
        CommandRecord order = Assert.Single((await hub.GetAsync("/api/v1/nodes/n-1/commands", HubJson.Default.PageCommandRecord)).Items);
        AuditRecord audit = (await hub.GetAsync("/api/v1/audit", HubJson.Default.PageAuditRecord)).Items[0];
        Assert.Equal((CommandKind.Upgrade, "home-assistant"), (order.Kind, order.IssuedBy));
        Assert.Equal(("home-assistant", "operator", "command.Upgrade", "n-1"), (audit.Who, audit.Role, audit.Action, audit.Target));

        // A node that is revoked is withdrawn, what somebody else shows stays; a hub that leaves says so.
        await home.SendAsync("homeassistant/update/other_n-9/config", "{}"u8.ToArray(), retain: true);
        await home.SendAsync("homeassistant/update/fleet_n-9/config", "{}"u8.ToArray(), retain: true);
        await home.NextAsync(a => a.Topic == "homeassistant/update/fleet_n-9/config" && a.Payload.Length == 0);
        using HttpResponseMessage revoked = await hub.Admin.PostAsync(new Uri("/api/v1/nodes/n-1/revoke", UriKind.Relative), null, Token);
        foreach (string topic in new[] { "homeassistant/update/fleet_n-1/config", "fleet/update/n-1/state", "fleet/update/n-1/availability" })
        {
            await home.NextAsync(a => a.Topic == topic && a.Payload.Length == 0);
        }

        await hub.StopAsync();
        await home.NextAsync(a => a is { Topic: "fleet/update/availability", Text: "offline" });
        Assert.DoesNotContain(home.All, a => a.Topic == "homeassistant/update/other_n-9/config" && a.Payload.Length == 0);
    }

    [Fact]
    [Trait("Category", "Integration")]
    public async Task Unless_it_is_asked_for_no_order_is_taken_and_none_is_offered()
    {
        await using OtherSystem home = new();
        await using RunningHub hub = await RunningHub.StartAsync(o => o with { Interop = Options(home.Url, install: false) });
        await home.StartAsync(hub.Options);
        (IMqttClient node, _) = await hub.ConnectAsync(await hub.NodeAsync("n-1"), "n-1");
        await SparkplugTests.SayAsync(node, Reported(UpdatePhase.Idle), null);
        await AddBundleAsync(hub, Bundle, "2.0.0", "board-x");
        await home.NextAsync(a => a.Topic == "fleet/update/n-1/state" && a.Text.Contains("2.0.0", StringComparison.Ordinal));

        await home.SendAsync("fleet/update/n-1/install", "install"u8.ToArray());
        await SparkplugTests.SayAsync(node, Reported(UpdatePhase.Writing), null);
        await home.NextAsync(a => a.Topic == "fleet/update/n-1/state" && a.Text.Contains("\"in_progress\":true", StringComparison.Ordinal));

        Assert.All(home.All.Where(a => a.Topic == "homeassistant/update/fleet_n-1/config"), a => Assert.False(a.Json.TryGetProperty("command_topic", out _)));
        Assert.Empty((await hub.GetAsync("/api/v1/nodes/n-1/commands", HubJson.Default.PageCommandRecord)).Items);
    }

    [Fact]
    public void An_order_that_waits_failed_or_is_of_a_rollout_is_told_with_its_reason()
    {
        NodeView node = new()
        {
            Id = "n-1",
            Version = "1.0.0",
            Board = "b",
            DesiredVersion = "2.0.0",
            Rollout = "r-1",
            State = Reported(UpdatePhase.Idle) with { Desired = new DesiredReport { Revision = 1, Status = DesiredStatus.Vetoed, Reason = new string('x', 400) } },
        };

        JsonObject waiting = HomeAssistantDocuments.State(node, null, "https://h:1");
        JsonObject failed = HomeAssistantDocuments.State(node with { State = node.State! with { Desired = new DesiredReport { Revision = 1, Status = DesiredStatus.Failed, Reason = "fell back" } } }, null, "https://h:1");

        Assert.Equal(("2.0.0", "https://h:1/rollouts/r-1"), ((string?)waiting["latest_version"], (string?)waiting["release_url"]));
        Assert.Equal(255, ((string?)waiting["release_summary"])!.Length);
        Assert.Equal(("1.0.0", "Order 2.0.0: Failed: fell back"), ((string?)failed["latest_version"], (string?)failed["release_summary"]));
    }

    [Theory]
    [InlineData("homeassistant/update/fleet_n-1/config", "n-1")]
    [InlineData("homeassistant/update/fleet_/config", null)]
    [InlineData("homeassistant/update/fleet_b_n-1/config", null)]
    [InlineData("homeassistant/update/fleet_hub-1/config", null)]
    [InlineData("homeassistant/update/other_n-1/config", null)]
    [InlineData("homeassistant/sensor/fleet_n-1/config", null)]
    [InlineData("homeassistant/update/fleet_config", null)]
    public void Only_configs_of_this_hub_are_withdrawn(string topic, string? node) =>
        Assert.Equal(node, HomeAssistantDocuments.NodeOfConfig(Options("mqtts://h", false), topic));

    private static InteropOptions Options(string broker, bool install) => SparkplugTests.Options(broker, null) with { HomeAssistant = "fleet", HomeAssistantInstall = install };

    private static ReportedState Reported(UpdatePhase phase) => new()
    {
        Time = DateTimeOffset.UtcNow,
        BootId = "b",
        Board = "board-x",
        Architecture = "arm64",
        Version = "1.0.0",
        Hostname = "Küche",
        Update = new UpdateReport { Phase = phase, Percent = phase is UpdatePhase.Writing ? 40 : null },
    };

    private static Task AddBundleAsync(RunningHub hub, string id, string version, string board) => hub.Store.WriteAsync(
        s => BundleStore.Add(s, new BundleRecord { Id = id, Version = version, Boards = [board], Bytes = 1, Url = "", Uploaded = new DateTimeOffset(2026, 11, 23, 0, 0, 0, TimeSpan.Zero), UploadedBy = "test" }), Token);

    private static void AssertSame(string expected, string actual) =>
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected), JsonNode.Parse(actual)), actual);
}
