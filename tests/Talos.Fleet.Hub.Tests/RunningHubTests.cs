using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using MQTTnet;
using MQTTnet.Protocol;
using Talos.Fleet.Api;
using Talos.Fleet.Protocol;
using Talos.Fleet.Rollouts;

namespace Talos.Fleet.Hub.Tests;

/// <summary>A whole hub, spoken to over TLS.</summary>
[Trait("Category", "Integration")]
public sealed class RunningHubTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_node_cannot_read_or_write_what_is_another_nodes()
    {
        await using RunningHub hub = await RunningHub.StartAsync();
        (IMqttClient one, List<string> received) = await hub.ConnectAsync(await hub.NodeAsync("n-1"), "n-1");
        (IMqttClient two, _) = await hub.ConnectAsync(await hub.NodeAsync("n-2"), "n-2");

        MqttClientSubscribeResult foreign = await one.SubscribeAsync("talos/1/n-2/desired", MqttQualityOfServiceLevel.AtLeastOnce, Token);
        MqttClientSubscribeResult all = await one.SubscribeAsync("talos/1/#", MqttQualityOfServiceLevel.AtLeastOnce, Token);
        MqttClientPublishResult write = await RunningHub.PublishAsync(one, "talos/1/n-2/state", FleetMessages.Write(State("9.9.9")));
        MqttClientPublishResult own = await RunningHub.PublishAsync(two, "talos/1/n-2/state", FleetMessages.Write(State("1.0.0")));
        await PutAsync(hub, "/api/v1/nodes/n-2/settings", new SettingsRequest { LogLevel = FleetLogLevel.Debug });
        await two.SubscribeAsync("talos/1/n-2/desired", MqttQualityOfServiceLevel.AtLeastOnce, Token);

        Assert.Equal(MqttClientSubscribeResultCode.NotAuthorized, Assert.Single(foreign.Items).ResultCode);
        Assert.Equal(MqttClientSubscribeResultCode.NotAuthorized, Assert.Single(all.Items).ResultCode);
        Assert.Equal(MqttClientPublishReasonCode.NotAuthorized, write.ReasonCode);
        Assert.True(own.IsSuccess);
        Assert.Equal("1.0.0", (await hub.GetAsync("/api/v1/nodes/n-2", HubJson.Default.NodeDetail)).Summary.Version);
        Assert.Empty(received);
    }

    [Fact]
    public async Task Strangers_and_revoked_nodes_are_cut_off()
    {
        await using RunningHub hub = await RunningHub.StartAsync();
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using X509Certificate2 stranger = new CertificateRequest("CN=n-1, OU=node", key, HashAlgorithmName.SHA256).CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        X509Certificate2 node = await hub.NodeAsync("n-1");
        (IMqttClient client, _) = await hub.ConnectAsync(node, "n-1");
        TaskCompletionSource cut = new();
        client.DisconnectedAsync += _ => Task.FromResult(cut.TrySetResult());

        await Assert.ThrowsAnyAsync<Exception>(() => hub.ConnectAsync(stranger, "n-1"));
        await Assert.ThrowsAnyAsync<Exception>(() => hub.ConnectAsync(null, "n-1"));
        await Assert.ThrowsAnyAsync<Exception>(() => hub.ConnectAsync(node, "n-2"));
        using HttpResponseMessage revoked = await hub.Admin.PostAsync(new Uri("/api/v1/nodes/n-1/revoke", UriKind.Relative), null, Token);

        await cut.Task.WaitAsync(TimeSpan.FromSeconds(20), Token);
        await Assert.ThrowsAnyAsync<Exception>(() => hub.ConnectAsync(node, "n-1"));
        Assert.Equal(HttpStatusCode.NoContent, revoked.StatusCode);
    }

    [Fact]
    public async Task Roles_are_asked_and_deeds_are_in_the_audit_log()
    {
        await using RunningHub hub = await RunningHub.StartAsync();
        using HttpClient viewer = hub.Client(hub.Person(FleetRole.Viewer));
        using HttpClient node = hub.Client(await hub.NodeAsync("n-1"));

        HttpStatusCode[] codes =
        [
            await CodeAsync(hub.Nobody, "/api/v1/nodes"), await CodeAsync(node, "/api/v1/nodes"), await CodeAsync(viewer, "/api/v1/nodes"), await CodeAsync(viewer, "/api/v1/audit"),
            await CodeAsync(hub.Nobody, "/api/v1/ca"), await CodeAsync(hub.Nobody, "/api/v1/crl"), await CodeAsync(viewer, "/metrics"), await CodeAsync(hub.Nobody, "/openapi/v1.json"),
        ];
        Page<AuditRecord> audit = await hub.GetAsync("/api/v1/audit", HubJson.Default.PageAuditRecord);

        Assert.Equal([401, 401, 200, 403, 200, 200, 200, 200], codes.Select(c => (int)c));
        Assert.Equal(["node.enroll", "token.create"], audit.Items.Select(a => a.Action));
    }

    [Fact]
    public async Task A_bad_request_names_the_member()
    {
        await using RunningHub hub = await RunningHub.StartAsync();

        string[] answers =
        [
            await PostAsync(hub, "/api/v1/rollouts", "{\"name\":\"x\",\"version\":\"1\",\"bundleId\":\"zz\"}"), await PostAsync(hub, "/api/v1/tokens", "{\"usess\":1}"),
            await PostAsync(hub, "/api/v1/tokens", "{\"uses\":0}"), await PostAsync(hub, "/api/v1/enroll", "{"), await PostAsync(hub, "/api/v1/bundles", "no bundle"),
        ];

        Assert.All(answers, a => Assert.StartsWith("400 ", a, StringComparison.Ordinal));
        Assert.Contains("bundleId", answers[0], StringComparison.Ordinal);
        Assert.Contains("usess", answers[1], StringComparison.Ordinal);
        Assert.Contains("uses: 0", answers[2], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_rollout_reaches_a_node_and_its_answer_ends_it_and_the_stream_tells()
    {
        await using RunningHub hub = await RunningHub.StartAsync();
        (IMqttClient client, List<string> received) = await hub.ConnectAsync(await hub.NodeAsync("n-1"), "n-1");
        await client.SubscribeAsync("talos/1/n-1/desired", MqttQualityOfServiceLevel.AtLeastOnce, Token);
        using Stream stream = await hub.Admin.GetStreamAsync(new Uri("/api/v1/stream", UriKind.Relative), Token);
        using StreamReader lines = new(stream);
        RolloutPlan plan = new() { Name = "r", Version = "2.0.0", BundleId = new string('a', 64), Url = "https://h/b" };

        string made = await PostAsync(hub, "/api/v1/rollouts", JsonSerializer.Serialize(plan, HubJson.Default.RolloutPlan));
        string id = JsonDocument.Parse(made[4..]).RootElement.GetProperty("id").GetString()!;
        await RunningHub.UntilAsync(() => Task.FromResult(received.Contains("talos/1/n-1/desired")));
        await RunningHub.PublishAsync(client, "talos/1/n-1/state", FleetMessages.Write(State("2.0.0") with { Desired = new DesiredReport { Revision = 1, Status = DesiredStatus.Done } }));
        await RunningHub.UntilAsync(async () => (await hub.GetAsync($"/api/v1/rollouts/{id}", HubJson.Default.RolloutView)).Head.Phase is RolloutPhase.Completed);

        string text = "";
        while (!text.Contains("event: rollout", StringComparison.Ordinal) || !text.Contains("event: node", StringComparison.Ordinal))
        {
            text += await lines.ReadLineAsync(Token).AsTask().WaitAsync(TimeSpan.FromSeconds(20), Token);
        }

        Assert.StartsWith("201 ", made, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_node_that_enrols_during_a_rollout_gets_its_order()
    {
        await using RunningHub hub = await RunningHub.StartAsync();
        await hub.NodeAsync("n-1");
        RolloutPlan plan = new() { Name = "r", Version = "2.0.0", BundleId = new string('a', 64), Url = "https://h/b", Canary = 0 };
        string made = await PostAsync(hub, "/api/v1/rollouts", JsonSerializer.Serialize(plan, HubJson.Default.RolloutPlan));
        string id = JsonDocument.Parse(made[4..]).RootElement.GetProperty("id").GetString()!;

        (IMqttClient client, List<string> received) = await hub.ConnectAsync(await hub.NodeAsync("n-2"), "n-2");
        await client.SubscribeAsync("talos/1/n-2/desired", MqttQualityOfServiceLevel.AtLeastOnce, Token);
        await RunningHub.PublishAsync(client, "talos/1/n-2/state", FleetMessages.Write(State("1.0.0")));

        await RunningHub.UntilAsync(() => Task.FromResult(received.Contains("talos/1/n-2/desired")));
        Assert.Equal(2, (await hub.GetAsync($"/api/v1/rollouts/{id}", HubJson.Default.RolloutView)).Touched);
    }

    [Fact]
    public async Task A_command_and_what_becomes_of_it_are_in_the_stream()
    {
        await using RunningHub hub = await RunningHub.StartAsync();
        (IMqttClient client, _) = await hub.ConnectAsync(await hub.NodeAsync("n-1"), "n-1");
        using StreamReader lines = new(await hub.Admin.GetStreamAsync(new Uri("/api/v1/stream?node=n-1", UriKind.Relative), Token));

        await PostAsync(hub, "/api/v1/nodes/n-1/commands", """{"kind":"reboot","id":"c-1"}""");
        await RunningHub.PublishAsync(client, "talos/1/n-1/result/c-1", FleetMessages.Write(new CommandResult { Id = "c-1", State = CommandState.Succeeded, Time = DateTimeOffset.UtcNow, Message = "restarted" }));
        List<string> told = [];
        while (told.Count < 2)
        {
            string line = await lines.ReadLineAsync(Token).AsTask().WaitAsync(TimeSpan.FromSeconds(20), Token) ?? "";
            told.AddRange(line.StartsWith("data:", StringComparison.Ordinal) && line.Contains("c-1", StringComparison.Ordinal) ? [line] : []);
        }

        Assert.DoesNotContain("\"state\"", told[0], StringComparison.Ordinal);
        Assert.Contains("\"state\":\"succeeded\",\"message\":\"restarted\"", told[1], StringComparison.Ordinal);
        Assert.Equal(CommandState.Succeeded, (await hub.GetAsync("/api/v1/nodes/n-1/commands/c-1", HubJson.Default.CommandRecord)).State);
    }

    private static ReportedState State(string version) => new() { Time = DateTimeOffset.UtcNow, BootId = "b", Board = "b", Architecture = "arm64", Version = version };

    private static async Task<HttpStatusCode> CodeAsync(HttpClient client, string path)
    {
        using HttpResponseMessage answer = await client.GetAsync(new Uri(path, UriKind.Relative), Token);
        return answer.StatusCode;
    }

    private static async Task<string> PostAsync(RunningHub hub, string path, string body)
    {
        using StringContent content = new(body, System.Text.Encoding.UTF8, "application/json");
        using HttpResponseMessage answer = await hub.Admin.PostAsync(new Uri(path, UriKind.Relative), content, Token);
        return $"{(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync(Token)}";
    }

    private static async Task PutAsync(RunningHub hub, string path, SettingsRequest body)
    {
        using HttpResponseMessage answer = await hub.Admin.PutAsync(new Uri(path, UriKind.Relative), JsonContent.Create(body, HubJson.Default.SettingsRequest), Token);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(Token));
    }
}
