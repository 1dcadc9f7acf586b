using Grpc.Core;
using Grpc.Net.Client;
using MQTTnet;
using Talos.Fleet.Api;
using Talos.Fleet.Hub.Grpc;
using Talos.Fleet.Protocol;
using Talos.Fleet.Rollouts;

namespace Talos.Fleet.Hub.Tests;

/// <summary>gRPC of a whole hub over mutual TLS.</summary>
[Trait("Category", "Integration")]
public sealed class GrpcTests : IAsyncLifetime
{
    private readonly List<IDisposable> _open = [];
    private RunningHub _hub = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _hub = await RunningHub.StartAsync();

    public async ValueTask DisposeAsync()
    {
        _open.ForEach(o => o.Dispose());
        await _hub.DisposeAsync();
    }

    [Fact]
    public async Task Nodes_are_listed_and_one_is_shown_with_its_documents()
    {
        (IMqttClient client, _) = await _hub.ConnectAsync(await _hub.NodeAsync("n-1"), "n-1");
        await _hub.NodeAsync("n-2");
        await RunningHub.PublishAsync(client, "talos/1/n-1/state", FleetMessages.Write(State("1.2.3")));
        V1.NodeService.NodeServiceClient nodes = new(Channel(FleetRole.Viewer));

        V1.ListNodesResponse first = await nodes.ListAsync(new V1.ListNodesRequest { Limit = 1 }, cancellationToken: Token);
        V1.ListNodesResponse rest = await nodes.ListAsync(new V1.ListNodesRequest { After = first.Next, Limit = 10 }, cancellationToken: Token);
        V1.NodeDetail one = await nodes.GetAsync(new V1.GetNodeRequest { Id = "n-1" }, cancellationToken: Token);

        Assert.Equal("n-1", Assert.Single(first.Nodes).Id);
        Assert.Equal("n-2", Assert.Single(rest.Nodes).Id);
        Assert.Equal("", rest.Next);
        Assert.Equal("1.2.3", one.Node.Version);
        Assert.Contains("\"version\":\"1.2.3\"", one.StateJson, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_rollout_and_a_command_are_made_followed_and_ended_and_are_in_the_audit_log_as_over_rest()
    {
        (IMqttClient client, _) = await _hub.ConnectAsync(await _hub.NodeAsync("n-1"), "n-1");
        GrpcChannel admin = Channel(FleetRole.Admin);
        using AsyncServerStreamingCall<V1.WatchResponse> watch = new V1.NodeService.NodeServiceClient(admin).Watch(new V1.WatchRequest(), cancellationToken: Token);
        await watch.ResponseHeadersAsync;
        V1.RolloutService.RolloutServiceClient rollouts = new(admin);
        V1.CommandService.CommandServiceClient commands = new(admin);

        V1.Rollout made = await rollouts.CreateAsync(
            new V1.RolloutPlan { Name = "r", Version = "2.0.0", BundleId = new string('a', 64), Url = "https://h/b", Approval = V1.ApprovalRule.Start, ErrorCount = 3 }, cancellationToken: Token);
        V1.Rollout approved = await rollouts.ApproveAsync(new V1.RolloutRequest { Id = made.Id }, cancellationToken: Token);
        V1.Rollout paused = await rollouts.PauseAsync(new V1.RolloutRequest { Id = made.Id }, cancellationToken: Token);
        V1.Rollout resumed = await rollouts.ResumeAsync(new V1.RolloutRequest { Id = made.Id }, cancellationToken: Token);
        V1.Rollout aborted = await rollouts.AbortAsync(new V1.RolloutRequest { Id = made.Id }, cancellationToken: Token);
        V1.Command reboot = await commands.CreateAsync(new V1.CreateCommandRequest { Node = "n-1", Kind = V1.CommandKind.Reboot, Id = "c-1" }, cancellationToken: Token);
        await RunningHub.PublishAsync(client, "talos/1/n-1/result/c-1", FleetMessages.Write(new CommandResult { Id = "c-1", State = CommandState.Failed, Time = DateTimeOffset.UtcNow, Message = "no" }));
        List<V1.WatchResponse> told = await ReadAsync(watch, r => r.Command is { State: V1.CommandState.Failed });

        Assert.Equal((V1.RolloutPhase.AwaitingApproval, 1, 50, 3), (made.Phase, made.Plan.Canary, made.Plan.MaxParallel, made.Plan.ErrorCount));
        Assert.Equal([V1.RolloutPhase.Running, V1.RolloutPhase.Paused, V1.RolloutPhase.Running, V1.RolloutPhase.Aborted], new[] { approved, paused, resumed, aborted }.Select(r => r.Phase));
        Assert.Equal(V1.CommandState.Unspecified, reboot.State);
        Assert.Contains(told, r => r.Rollout is { Phase: V1.RolloutPhase.Aborted });
        Assert.Equal("no", (await commands.GetAsync(new V1.GetCommandRequest { Node = "n-1", Id = "c-1" }, cancellationToken: Token)).Message);
        Assert.Equal(made.Id, Assert.Single((await rollouts.ListAsync(new V1.ListRolloutsRequest(), cancellationToken: Token)).Rollouts).Id);
        Assert.Equal(
            ["command.Reboot", "rollout.abort", "rollout.resume", "rollout.pause", "rollout.approve", "rollout.create"],
            (await _hub.GetAsync("/api/v1/audit?limit=6", HubJson.Default.PageAuditRecord)).Items.Select(a => a.Action));
    }

    [Fact]
    public async Task Tokens_are_made_listed_without_their_secret_and_made_void()
    {
        V1.TokenService.TokenServiceClient tokens = new(Channel(FleetRole.Admin));

        V1.Token made = await tokens.CreateAsync(new V1.CreateTokenRequest { Uses = 3, Labels = { ["site"] = "lab" } }, cancellationToken: Token);
        V1.Token listed = Assert.Single((await tokens.ListAsync(new V1.ListTokensRequest(), cancellationToken: Token)).Tokens);
        await tokens.DeleteAsync(new V1.DeleteTokenRequest { Id = made.Id }, cancellationToken: Token);

        Assert.Equal((43, "", 3, "lab"), (made.Secret.Length, listed.Secret, listed.Uses, listed.Labels["site"]));
        Assert.Empty((await tokens.ListAsync(new V1.ListTokensRequest(), cancellationToken: Token)).Tokens);
        await RefusedAsync(StatusCode.NotFound, $"token {made.Id}: is not here", async () => await tokens.DeleteAsync(new V1.DeleteTokenRequest { Id = made.Id }, cancellationToken: Token));
    }

    [Fact]
    public async Task Each_role_is_refused_what_is_above_it_and_strangers_everything()
    {
        await _hub.NodeAsync("n-1");
        V1.RolloutRequest rollout = new() { Id = "r-1" };
        GrpcChannel nobody = Open(_hub.Nobody), node = Open(_hub.Client(await _hub.NodeAsync("n-2"))), viewer = Channel(FleetRole.Viewer), person = Channel(FleetRole.Operator);
        V1.RolloutService.RolloutServiceClient seen = new(viewer), steered = new(person);
        V1.CommandService.CommandServiceClient commands = new(person);

        foreach (GrpcChannel stranger in new[] { nobody, node })
        {
            await RefusedAsync(StatusCode.Unauthenticated, "who are you", async () => await new V1.NodeService.NodeServiceClient(stranger).ListAsync(new V1.ListNodesRequest(), cancellationToken: Token));
            await RefusedAsync(StatusCode.Unauthenticated, "who are you", async () => await new V1.NodeService.NodeServiceClient(stranger).Watch(new V1.WatchRequest(), cancellationToken: Token).ResponseStream.MoveNext(Token));
        }

        await RefusedAsync(StatusCode.PermissionDenied, "eve is viewer; this takes operator", async () => await seen.CreateAsync(new V1.RolloutPlan(), cancellationToken: Token));
        await RefusedAsync(StatusCode.PermissionDenied, "eve is viewer; this takes operator", async () => await seen.PauseAsync(rollout, cancellationToken: Token));
        await RefusedAsync(StatusCode.PermissionDenied, "eve is viewer; this takes operator", async () => await seen.ResumeAsync(rollout, cancellationToken: Token));
        await RefusedAsync(StatusCode.PermissionDenied, "eve is viewer; this takes operator", async () => await seen.AbortAsync(rollout, cancellationToken: Token));
        await RefusedAsync(
            StatusCode.PermissionDenied, "eve is viewer; this takes operator",
            async () => await new V1.CommandService.CommandServiceClient(viewer).CreateAsync(new V1.CreateCommandRequest { Node = "n-1", Kind = V1.CommandKind.Reboot }, cancellationToken: Token));
        await RefusedAsync(StatusCode.PermissionDenied, "eve is viewer; this takes admin", async () => await seen.ApproveAsync(rollout, cancellationToken: Token));
        await RefusedAsync(StatusCode.PermissionDenied, "eve is operator; this takes admin", async () => await steered.ApproveAsync(rollout, cancellationToken: Token));
        await RefusedAsync(
            StatusCode.PermissionDenied, "eve is operator; this takes admin",
            async () => await commands.CreateAsync(new V1.CreateCommandRequest { Node = "n-1", Kind = V1.CommandKind.ApplyConfigPatch, Patch = "machine: {}" }, cancellationToken: Token));
        foreach (GrpcChannel lesser in new[] { viewer, person })
        {
            await RefusedAsync(StatusCode.PermissionDenied, "this takes admin", async () => await new V1.TokenService.TokenServiceClient(lesser).CreateAsync(new V1.CreateTokenRequest(), cancellationToken: Token));
            await RefusedAsync(StatusCode.PermissionDenied, "this takes admin", async () => await new V1.TokenService.TokenServiceClient(lesser).ListAsync(new V1.ListTokensRequest(), cancellationToken: Token));
            await RefusedAsync(StatusCode.PermissionDenied, "this takes admin", async () => await new V1.TokenService.TokenServiceClient(lesser).DeleteAsync(new V1.DeleteTokenRequest { Id = "t-1" }, cancellationToken: Token));
        }
    }

    [Fact]
    public async Task A_bad_request_says_the_same_line_as_over_rest()
    {
        await _hub.NodeAsync("n-1");
        GrpcChannel admin = Channel(FleetRole.Admin);
        V1.CommandService.CommandServiceClient commands = new(admin);
        V1.RolloutService.RolloutServiceClient rollouts = new(admin);
        V1.RolloutPlan plan = new() { Name = "r", Version = "2.0.0", BundleId = new string('a', 64), Url = "https://h/b" };

        await RefusedAsync(StatusCode.NotFound, "node n-9: is not here", async () => await new V1.NodeService.NodeServiceClient(admin).GetAsync(new V1.GetNodeRequest { Id = "n-9" }, cancellationToken: Token));
        await RefusedAsync(StatusCode.InvalidArgument, "limit: 5000 is not within", async () => await rollouts.ListAsync(new V1.ListRolloutsRequest { Limit = 5000 }, cancellationToken: Token));
        await RefusedAsync(StatusCode.InvalidArgument, "bundleId: is not 64", async () => await rollouts.CreateAsync(new V1.RolloutPlan { Name = "r", Version = "1" }, cancellationToken: Token));
        await RefusedAsync(StatusCode.InvalidArgument, "kind: 0 is none of Reboot", async () => await commands.CreateAsync(new V1.CreateCommandRequest { Node = "n-1" }, cancellationToken: Token));
        await RefusedAsync(
            StatusCode.InvalidArgument, "expiresSeconds: 5 is not within", async () => await commands.CreateAsync(new V1.CreateCommandRequest { Node = "n-1", Kind = V1.CommandKind.Reboot, ExpiresSeconds = 5 }, cancellationToken: Token));
        await rollouts.CreateAsync(plan, cancellationToken: Token);
        await RefusedAsync(StatusCode.FailedPrecondition, "node n-1: takes part in rollout", async () => await rollouts.CreateAsync(plan, cancellationToken: Token));
    }

    [Theory]
    [InlineData(typeof(CommandKind), typeof(V1.CommandKind))]
    [InlineData(typeof(CommandState), typeof(V1.CommandState))]
    [InlineData(typeof(PresenceStatus), typeof(V1.Presence))]
    [InlineData(typeof(DesiredStatus), typeof(V1.DesiredStatus))]
    [InlineData(typeof(RolloutPhase), typeof(V1.RolloutPhase))]
    [InlineData(typeof(ErrorAction), typeof(V1.ErrorAction))]
    [InlineData(typeof(ApprovalRule), typeof(V1.ApprovalRule))]
    [InlineData(typeof(WindowDay), typeof(V1.WindowDay))]
    public void Enums_have_the_same_words_in_the_same_order(Type hub, Type proto) =>
        Assert.Equal(Enum.GetNames(hub).Prepend("Unspecified"), Enum.GetNames(proto));

    [Fact]
    public void A_plan_comes_through_as_it_is()
    {
        RolloutPlan plan = new()
        {
            Name = "n",
            Version = "v",
            BundleId = new string('b', 64),
            Url = "https://h/b",
            Canary = 2,
            MaxParallel = 7,
            SuccessPercent = 80,
            ErrorPercent = 3,
            ErrorCount = 9,
            OnError = ErrorAction.Pause,
            Approval = ApprovalRule.EachWave,
            SoakSeconds = 60,
            NodeTimeoutSeconds = 700,
            Retries = 2,
            RetryDelaySeconds = 90,
            HoldBackAfter = 0,
            Force = true,
            Selector = new RolloutSelector { Boards = ["b"], Nodes = ["n"], Labels = new Dictionary<string, string> { ["k"] = "v" } },
            Waves = [new RolloutWave { Name = "w", Labels = new Dictionary<string, string> { ["k"] = "v" } }, new RolloutWave { Percent = 100 }],
            Windows = [new WindowRule { TimeZone = "UTC", Days = [WindowDay.Sat], Start = "01:00", Minutes = 30 }],
        };
        static string Text(RolloutPlan p) => System.Text.Json.JsonSerializer.Serialize(p, HubJson.Default.RolloutPlan);

        Assert.Equal(Text(plan), Text(PlanMapping.Read(V1.RolloutPlan.Parser.ParseFrom(Google.Protobuf.MessageExtensions.ToByteArray(PlanMapping.ToProto(plan))))));
    }

    private static ReportedState State(string version) => new() { Time = DateTimeOffset.UtcNow, BootId = "b", Board = "b", Architecture = "arm64", Version = version };

    private static async Task<List<V1.WatchResponse>> ReadAsync(AsyncServerStreamingCall<V1.WatchResponse> watch, Func<V1.WatchResponse, bool> last)
    {
        List<V1.WatchResponse> told = [];
        while (told is not [.., var newest] || !last(newest))
        {
            Assert.True(await watch.ResponseStream.MoveNext(Token).WaitAsync(TimeSpan.FromSeconds(20), Token));
            told.Add(watch.ResponseStream.Current);
        }

        return told;
    }

    private static async Task RefusedAsync(StatusCode code, string line, Func<Task> call)
    {
        RpcException refused = await Assert.ThrowsAsync<RpcException>(call);
        Assert.Equal(code, refused.StatusCode);
        Assert.Contains(line, refused.Status.Detail, StringComparison.Ordinal);
    }

    private GrpcChannel Channel(FleetRole role) => Open(_hub.Client(_hub.Person(role)));

    private GrpcChannel Open(HttpClient client)
    {
        GrpcChannel channel = GrpcChannel.ForAddress(client.BaseAddress!, new GrpcChannelOptions { HttpClient = client });
        _open.Add(channel);
        return channel;
    }
}
