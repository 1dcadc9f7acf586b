using System.Net;
using System.Net.Http.Json;
using Talos.Fleet.Api;
using Talos.Fleet.Hub.Store;
using Talos.Fleet.Protocol;

namespace Talos.Fleet.Hub.Tests.Security;

/// <summary>What one enrolled node can add to the hub's database and disk.</summary>
[Trait("Category", "Security")]
public sealed class HistoryQuotaTests
{
    private static readonly DayQuota Small = new(100, 1 << 20, 3);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Events_above_the_day_are_not_acknowledged_and_come_on_the_next_days_without_loss()
    {
        using TestHub hub = new();
        await hub.AddNodesAsync("n-1");
        long acked = 0;
        int days = 0;

        // A node that has 250 events and sends what was not acknowledged again, as agents do.
        while (acked < 250)
        {
            for (int attempt = 0; attempt < 20 && acked < 250; attempt++)
            {
                long from = acked + 1;
                acked = (await TakeAsync(hub, hub.Events("n-1", "s", from, LongRange(from, Math.Min(from + 63, 250))))).Ack!.Seq;
            }

            Assert.InRange(acked, 0, 100 * ++days);
            hub.Time.Now += TimeSpan.FromDays(1);
        }

        List<EventRecord> kept = await hub.Store.ReadAsync(s => NodeStore.Events(s, "n-1", 0, 1000), Token);
        Assert.Equal(LongRange(1, 250), kept.Select(e => e.Event.Seq));
        Assert.Equal(0, (await hub.Store.ReadAsync(s => NodeStore.Detail(s, "n-1"), Token))!.LostEvents);
        Assert.Equal(3, days);
    }

    [Fact]
    public async Task A_flood_of_streams_events_and_measurements_stays_within_the_day_and_another_nodes_are_taken()
    {
        using TestHub hub = new();
        await hub.AddNodesAsync("flood", "n-1");

        for (int i = 0; i < 300; i++)
        {
            await TakeAsync(hub, hub.Events("flood", $"s-{i}", 1, LongRange(1, 64)));
            await TakeAsync(hub, hub.Events("flood", "s-0", 1 + (i * 64), LongRange(1 + (i * 64), 64 + (i * 64))));
            await TakeAsync(hub, Measured(hub, "flood", i, 3000));
        }

        Outcome honest = await TakeAsync(hub, hub.Events("n-1", "s", 1, 1, 2, 3));
        Outcome measured = await TakeAsync(hub, Measured(hub, "n-1", 1, 10));

        Assert.InRange(await CountAsync(hub, "SELECT (SELECT count(*) FROM events WHERE node='flood') + (SELECT count(*) FROM telemetry WHERE node='flood')"), 1, Small.Rows);
        Assert.Equal(Small.Streams, await CountAsync(hub, "SELECT count(*) FROM streams WHERE node='flood'"));
        Assert.Equal((Taken.Stored, 3), (honest.Taken, (int)honest.Ack!.Seq));
        Assert.Equal(Taken.Stored, measured.Taken);
    }

    [Fact]
    public async Task Bytes_are_bounded_as_rows_are()
    {
        using TestHub hub = new();
        await hub.AddNodesAsync("flood");

        for (int i = 0; i < 100; i++)
        {
            await TakeAsync(hub, Measured(hub, "flood", i, 30_000));
        }

        Assert.InRange(await CountAsync(hub, "SELECT sum(length(json)) FROM telemetry"), 900_000, Small.Bytes);
    }

    [Fact]
    public async Task While_the_disk_is_full_history_waits_with_its_nodes_and_state_and_presence_are_taken()
    {
        using TestHub hub = new(minFree: long.MaxValue);
        await hub.AddNodesAsync("n-1");
        await hub.Ingest.StartAsync(Token);

        await SubmitAsync(hub, "events", FleetMessages.Write((EventBatch)hub.Events("n-1", "s", 1, 1, 2).Message));
        await SubmitAsync(hub, "state", FleetMessages.Write((ReportedState)hub.State("n-1", version: "2.0.0").Message));
        await hub.Ingest.StopAsync(Token);

        Assert.Equal(0, await CountAsync(hub, "SELECT count(*) FROM events"));
        Assert.Equal("2.0.0", (await hub.Store.ReadAsync(s => NodeStore.Find(s, "n-1"), Token))!.Version);
        Assert.Contains("problem=\"overQuota\"} 1", hub.Metrics.Text([]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_patch_leaves_the_database_when_its_node_has_it_or_its_time_is_over()
    {
        using TestHub hub = new();
        await hub.AddNodesAsync("n-1");
        CommandRequest request = new() { Kind = CommandKind.ApplyConfigPatch, Id = "p-1", Patch = "machine: {secret: hunter2}", ExpiresSeconds = 3600 };
        await hub.Store.WriteAsync(s => hub.Orders.Command(s, "n-1", request, null, null, "ann", hub.Time.Now), Token);
        long before = await CountAsync(hub, "SELECT length(payload) FROM commands");

        CommandResult result = new() { Id = "p-1", State = CommandState.Accepted, Time = hub.Time.Now };
        await TakeAsync(hub, new NodeMessage(new FleetTopic("n-1", TopicKind.Result, "p-1"), result, "{}"));

        Assert.InRange(before, 100, 10_000);
        Assert.Equal(0, await CountAsync(hub, "SELECT length(payload) FROM commands"));
        Assert.Equal(CommandState.Accepted, (await hub.Store.ReadAsync(s => Orders.OrderStore.Find(s, "n-1", "p-1"), Token))!.State);
    }

    [Fact]
    [Trait("Category", "Integration")]
    public async Task A_support_bundle_is_taken_once_at_a_time_only_while_its_command_is_open_and_ends_with_a_revocation()
    {
        await using RunningHub hub = await RunningHub.StartAsync();
        using HttpClient node = hub.Client(await hub.NodeAsync("n-1"));
        using HttpResponseMessage asked = await hub.Admin.PostAsync(
            new Uri("/api/v1/nodes/n-1/commands", UriKind.Relative), JsonContent.Create(new CommandRequest { Kind = CommandKind.SupportBundle, Id = "s-1" }, HubJson.Default.CommandRequest), Token);
        Uri path = new("/api/v1/nodes/n-1/support/s-1", UriKind.Relative);
        SlowContent slow = new();

        Task<HttpResponseMessage> first = node.PutAsync(path, slow, Token);
        await slow.Begun.Task.WaitAsync(TimeSpan.FromSeconds(20), Token);
        await RunningHub.UntilAsync(() => Task.FromResult(Parts(hub) == 1));
        using HttpResponseMessage second = await node.PutAsync(path, new ByteArrayContent([1]), Token);
        using HttpResponseMessage revoked = await hub.Admin.PostAsync(new Uri("/api/v1/nodes/n-1/revoke", UriKind.Relative), null, Token);
        await RunningHub.UntilAsync(() => Task.FromResult(Parts(hub) == 0));
        slow.End.TrySetResult();
        int code = await CodeAsync(first);

        Assert.Equal(HttpStatusCode.Created, asked.StatusCode);
        Assert.Equal(HttpStatusCode.Conflict, second.StatusCode);
        Assert.Equal(HttpStatusCode.NoContent, revoked.StatusCode);
        Assert.NotEqual(204, code);
        Assert.Empty(Directory.GetFiles(Path.Combine(hub.Options.Data, "support"), "*", SearchOption.AllDirectories));
    }

    [Fact]
    [Trait("Category", "Integration")]
    public async Task A_support_bundle_of_a_command_that_is_answered_is_refused_and_so_is_any_file_on_a_full_disk()
    {
        await using RunningHub hub = await RunningHub.StartAsync(o => o with { MinFree = long.MaxValue });
        using HttpClient node = hub.Client(await hub.NodeAsync("n-1"));
        foreach (string id in (string[])["s-1", "s-2"])
        {
            using HttpResponseMessage asked = await hub.Admin.PostAsync(
                new Uri("/api/v1/nodes/n-1/commands", UriKind.Relative), JsonContent.Create(new CommandRequest { Kind = CommandKind.SupportBundle, Id = id }, HubJson.Default.CommandRequest), Token);
        }

        await hub.Store.WriteAsync(s => s.Execute("UPDATE commands SET state=@s WHERE id='s-2'", ("@s", CommandState.Succeeded)), Token);
        using HttpResponseMessage full = await node.PutAsync(new Uri("/api/v1/nodes/n-1/support/s-1", UriKind.Relative), new ByteArrayContent([1]), Token);
        using HttpResponseMessage answered = await node.PutAsync(new Uri("/api/v1/nodes/n-1/support/s-2", UriKind.Relative), new ByteArrayContent([1]), Token);
        using HttpResponseMessage bundle = await hub.Admin.PostAsync(new Uri("/api/v1/bundles", UriKind.Relative), new ByteArrayContent(BundleTests.Bundle), Token);

        Assert.Equal(
            [HttpStatusCode.InsufficientStorage, HttpStatusCode.Forbidden, HttpStatusCode.InsufficientStorage], new[] { full, answered, bundle }.Select(a => a.StatusCode));
        Assert.Empty(Directory.GetFiles(Path.Combine(hub.Options.Data, "bundles")));
    }

    private static async Task<int> CodeAsync(Task<HttpResponseMessage> sending)
    {
        try
        {
            using HttpResponseMessage answer = await sending.WaitAsync(TimeSpan.FromSeconds(20), Token);
            return (int)answer.StatusCode;
        }
        catch (HttpRequestException)
        {
            return 0;
        }
    }

    private static int Parts(RunningHub hub) => Path.Combine(hub.Options.Data, "support") is var folder && Directory.Exists(folder) ? Directory.GetFiles(folder, "*.part", SearchOption.AllDirectories).Length : 0;

    private static async Task<Outcome> TakeAsync(TestHub hub, NodeMessage message) =>
        (await hub.Store.WriteAsync(s => IngestStore.Store(s, hub.Store.Dialect, [message], hub.Time.GetUtcNow(), Small), Token))[0];

    private static NodeMessage Measured(TestHub hub, string node, int number, int bytes) =>
        new(new FleetTopic(node, TopicKind.Telemetry), new Telemetry { Time = hub.Time.Now.AddSeconds(number), UptimeSeconds = number }, new string('x', bytes));

    private static Task<long> CountAsync(TestHub hub, string sql) => hub.Store.ReadAsync(s => s.Number(sql) ?? 0, Token);

    private static async Task SubmitAsync(TestHub hub, string kind, byte[] payload) =>
        await await hub.Ingest.SubmitAsync($"talos/1/n-1/{kind}", new System.Buffers.ReadOnlySequence<byte>(payload), Token);

    private static IEnumerable<long> LongRange(long from, long to)
    {
        for (long i = from; i <= to; i++)
        {
            yield return i;
        }
    }

    /// <summary>A body that begins and then waits.</summary>
    private sealed class SlowContent : HttpContent
    {
        public TaskCompletionSource Begun { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource End { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            await stream.WriteAsync(new byte[100_000], Token);
            await stream.FlushAsync(Token);
            Begun.TrySetResult();
            await End.Task;
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
