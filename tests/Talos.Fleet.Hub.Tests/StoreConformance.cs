using CsCheck;
using Talos.Fleet.Api;
using Talos.Fleet.Hub.Orders;
using Talos.Fleet.Hub.Store;
using Talos.Fleet.Protocol;
using Talos.Fleet.Rollouts;

namespace Talos.Fleet.Hub.Tests;

/// <summary>What holds with every database.</summary>
public abstract class StoreConformance
{
    private static readonly UpdateTarget Target = new() { Version = "2.0.0", Url = "https://hub/b", BundleId = new string('a', 64) };

    private protected abstract TestHub Make();

    [Fact]
    public async Task Events_are_in_the_history_once_and_in_order_however_they_come()
    {
        using TestHub hub = Make();
        await hub.AddNodesAsync(Enumerable.Range(0, 30).Select(i => $"n-{i}"));
        int next = 0;

        await Gen.Int[1, 9].Array[1, 12].Select(Gen.Int[0, 100000]).SampleAsync(async (starts, seed) =>
        {
            string node = $"n-{Interlocked.Increment(ref next) % 30}", stream = $"s{next}";
            Random random = new(seed);
            int count = starts.Sum();
            foreach (int from in starts.Concat(Enumerable.Range(1, count)))
            {
                int length = random.Next(1, 8);
                await hub.TakeAsync(hub.Events(node, stream, 1, Enumerable.Range(from, Math.Min(length, Math.Max(1, count - from + 1))).Select(n => (long)n)));
            }

            Outcome last = Assert.Single(await hub.TakeAsync(hub.Events(node, stream, 1, [count])));
            List<EventRecord> events = await hub.Store.ReadAsync(s => NodeStore.Events(s, node, 0, 1000), TestHub.Token);
            long[] numbers = [.. events.Where(e => e.Stream == stream).Select(e => e.Event.Seq)];
            Assert.Equal(numbers.Distinct().Count(), numbers.Length);
            Assert.Equal(numbers.Max(), last.Ack!.Seq);
            Assert.Equal(numbers.Length, last.Ack.Seq);
        }, iter: 25, threads: 1);
    }

    [Fact]
    public async Task A_gap_holds_the_ack_back_until_it_is_filled()
    {
        using TestHub hub = Make();
        await hub.AddNodesAsync("n-1");

        Outcome first = Assert.Single(await hub.TakeAsync(hub.Events("n-1", "s", 1, 1, 2, 5, 6)));
        Outcome second = Assert.Single(await hub.TakeAsync(hub.Events("n-1", "s", 1, 3, 4)));

        Assert.Equal((2, 6), (first.Ack!.Seq, second.Ack!.Seq));
    }

    [Fact]
    public async Task What_a_node_dropped_is_counted_as_lost_and_not_waited_for()
    {
        using TestHub hub = Make();
        await hub.AddNodesAsync("n-1");
        await hub.TakeAsync(hub.Events("n-1", "s", 1, 1, 2));

        Outcome outcome = Assert.Single(await hub.TakeAsync(hub.Events("n-1", "s", 10, 10, 11)));

        Assert.Equal((7, 11), (outcome.Lost, outcome.Ack!.Seq));
        Assert.Equal(7, (await hub.Store.ReadAsync(s => NodeStore.Detail(s, "n-1"), TestHub.Token))!.LostEvents);
    }

    [Fact]
    public async Task Messages_of_nodes_that_are_not_enrolled_are_not_stored()
    {
        using TestHub hub = Make();

        List<Outcome> outcomes = await hub.TakeAsync(hub.State("stranger"), hub.Events("stranger", "s", 1, 1));

        Assert.All(outcomes, o => Assert.Equal(Taken.UnknownNode, o.Taken));
    }

    [Fact]
    public async Task An_older_state_does_not_replace_a_newer_one()
    {
        using TestHub hub = Make();
        await hub.AddNodesAsync("n-1");

        List<Outcome> outcomes = [
            .. await hub.TakeAsync(hub.State("n-1", version: "2.0.0")), .. await hub.TakeAsync(hub.State("n-1", TimeSpan.FromMinutes(-1))), .. await hub.TakeAsync(hub.State("n-1"))];

        Assert.Equal([Taken.Stored, Taken.Repeated, Taken.Repeated], outcomes.Select(o => o.Taken));
        Assert.Equal("2.0.0", (await hub.Store.ReadAsync(s => NodeStore.Find(s, "n-1"), TestHub.Token))!.Version);
    }

    [Fact]
    public async Task Orders_rise_by_one_and_wait_in_the_outbox_with_the_bytes_of_the_node()
    {
        using TestHub hub = Make();
        await hub.AddNodesAsync("n-1");

        long?[] revisions = await hub.Store.WriteAsync(
            s => Enumerable.Range(0, 3).Select(_ => hub.Orders.Desire(s, "n-1", hub.Time.Now, d => d with { Update = Target })).ToArray(), TestHub.Token);
        (List<byte[]> sent, byte[] kept) = await hub.Store.ReadAsync(
            s => (s.Query("SELECT payload FROM outbox ORDER BY id", r => r.Bytes(0)!), (byte[])s.Scalar("SELECT desired FROM nodes WHERE id='n-1'")!), TestHub.Token);

        Assert.Equal([1, 2, 3], revisions);
        Assert.Equal(kept, sent[^1]);
        OrderVerifier verifier = new("n-1", [hub.Authority.Certificate]);
        Assert.Equal(3, verifier.ReadDesired(kept, 2, hub.Time.Now).Value?.Revision);
    }

    [Fact]
    public async Task What_fails_in_the_middle_leaves_nothing_behind()
    {
        using TestHub hub = Make();
        await hub.AddNodesAsync("n-1");

        await Assert.ThrowsAsync<InvalidOperationException>(() => hub.Store.WriteAsync<bool>(
            s =>
            {
                hub.Orders.Desire(s, "n-1", hub.Time.Now, d => d with { Update = Target });
                throw new InvalidOperationException("killed");
            },
            TestHub.Token));

        Assert.Equal(0, await hub.Store.ReadAsync(s => s.Number("SELECT count(*) FROM outbox") + s.Number("SELECT desired_rev FROM nodes WHERE id='n-1'"), TestHub.Token));
    }

    [Fact]
    public async Task The_same_command_again_is_no_second_one()
    {
        using TestHub hub = Make();
        await hub.AddNodesAsync("n-1");
        CommandRequest request = new() { Kind = CommandKind.Reboot, Id = "c1" };

        CommandRecord[] made = await hub.Store.WriteAsync(
            s => Enumerable.Range(0, 2).Select(_ => hub.Orders.Command(s, "n-1", request, null, null, "eve", hub.Time.Now)).ToArray(), TestHub.Token);

        Assert.Equal(made[0], made[1]);
        Assert.Equal(1, await hub.Store.ReadAsync(s => s.Number("SELECT count(*) FROM outbox"), TestHub.Token));
    }

    [Fact]
    public async Task A_rollout_read_again_goes_on_as_the_one_in_memory()
    {
        using TestHub hub = Make();
        await hub.AddNodesAsync(Enumerable.Range(0, 20).Select(i => $"n-{i}"));
        RolloutPlan plan = new() { Name = "r", Version = "2.0.0", BundleId = new string('a', 64), MaxParallel = 4, Canary = 0 };
        StoredRollout kept = await hub.Store.WriteAsync(
            s =>
            {
                RolloutState made = RolloutState.Create("r1", plan, NodeStore.Candidates(s), [], hub.Time.Now);
                RolloutStore.Insert(s, made, "eve", hub.Time.Now);
                return new StoredRollout(1, made, hub.Time.Now, "eve", hub.Time.Now);
            },
            TestHub.Token);

        for (int i = 0; i < 3; i++)
        {
            StoredRollout before = kept;
            RolloutStep step = RolloutEngine.Step(before.State, i == 0 ? new RolloutEvent.Tick() : new RolloutEvent.Reported(before.State.Active[i], 1, i == 1 ? NodeSignal.Done : NodeSignal.Failed), hub.Time.Now);
            kept = await hub.Store.WriteAsync(s => hub.Rollouts.Save(s, before, step.State, step.Changed, step.Effects, hub.Time.Now), TestHub.Token);
        }

        StoredRollout again = (await hub.Store.ReadAsync(s => hub.Rollouts.Load(s, "r1", null, locked: false), TestHub.Token))!;
        Assert.Equal(kept.Version, again.Version);
        Assert.Equal(kept.State.Nodes.OrderBy(n => n.Key), again.State.Nodes.OrderBy(n => n.Key));
        Assert.Equal(kept.State.Waves, again.State.Waves);
        Assert.Equal(kept.State.Active, again.State.Active);
    }

    [Fact]
    public async Task A_newcomer_goes_to_the_newest_rollout_that_fits_and_to_one_alone()
    {
        using TestHub hub = Make();
        await hub.AddNodesAsync("n-1", "n-2");
        await hub.TakeAsync(hub.State("n-2"));
        RolloutPlan plan = new() { Name = "r", Version = "2.0.0", BundleId = new string('a', 64), Canary = 1 };
        StoredRollout Stored(string id, int minute) => new(
            1, RolloutState.Create(id, plan, [new Candidate($"other-{id}", "b", "1.0.0", new Dictionary<string, string>())], [], hub.Time.Now), hub.Time.Now.AddMinutes(minute), "eve", hub.Time.Now);
        StoredRollout older = Stored("r1", 0), newer = Stored("r2", 1);
        List<Candidate> Newcomers(SqlSession s, StoredRollout r) => RolloutStore.Newcomers(s, r);

        (List<Candidate> first, List<Candidate> ofOlder, List<Candidate> ofNewer, List<Candidate> after) = await hub.Store.WriteAsync(
            s =>
            {
                RolloutStore.Insert(s, older.State, "eve", older.Created);
                RolloutStore.Insert(s, newer.State, "eve", newer.Created);
                List<Candidate> found = Newcomers(s, newer), same = Newcomers(s, older);
                RolloutStep step = RolloutEngine.Step(newer.State, new RolloutEvent.Joined(found), hub.Time.Now);
                hub.Rollouts.Save(s, newer, step.State, step.Changed, step.Effects, hub.Time.Now);
                return (found, same, Newcomers(s, newer), Newcomers(s, older));
            },
            TestHub.Token);

        Assert.Equal("n-2", Assert.Single(first).Node);
        Assert.Equal("n-2", Assert.Single(ofOlder).Node);
        Assert.Empty(ofNewer);
        Assert.Empty(after);
    }

    [Fact]
    public async Task Webhook_messages_wait_in_order_for_each_url_and_the_oldest_make_room()
    {
        using TestHub hub = Make();
        int dropped = await hub.Store.WriteAsync(
            s => Enumerable.Range(0, WebhookStore.Limit + 2).Sum(i => WebhookStore.Add(s, "https://one/secret", $"m-{i}", $"body {i}", hub.Time.Now)) + WebhookStore.Add(s, "https://two", "other", "x", hub.Time.Now), TestHub.Token);
        (WaitingWebhook first, WaitingWebhook other, long stored) = await hub.Store.ReadAsync(
            s => (WebhookStore.First(s, "https://one/secret")!, WebhookStore.First(s, "https://two")!, s.Number("SELECT count(*) FROM webhooks WHERE target LIKE '%secret%'") ?? 0), TestHub.Token);

        await hub.Store.WriteAsync(s => WebhookStore.Failed(s, first, hub.Time.Now.AddMinutes(1)), TestHub.Token);
        WaitingWebhook again = (await hub.Store.ReadAsync(s => WebhookStore.First(s, "https://one/secret"), TestHub.Token))!;
        await hub.Store.WriteAsync(s => WebhookStore.Done(s, again), TestHub.Token);
        WaitingWebhook next = (await hub.Store.ReadAsync(s => WebhookStore.First(s, "https://one/secret"), TestHub.Token))!;
        int pruned = await hub.Store.WriteAsync(s => WebhookStore.Prune(s, hub.Time.Now.AddSeconds(1)), TestHub.Token);

        Assert.Equal((2, 0L), (dropped, stored));
        Assert.Equal(("m-2", "body 2", "other"), (first.Message, first.Body, other.Message));
        Assert.Equal(first with { Attempts = 1, NotBefore = hub.Time.Now.AddMinutes(1) }, again);
        Assert.Equal(("m-3", WebhookStore.Limit), (next.Message, pruned));
    }

    [Fact]
    public async Task Nodes_are_found_by_label_board_and_page()
    {
        using TestHub hub = Make();
        await hub.AddNodesAsync("n-1", "n-2", "n-3");
        await hub.Store.WriteAsync(s => s.Execute("UPDATE nodes SET hub_labels=@l WHERE id='n-2'", ("@l", Labels.Write(new Dictionary<string, string> { ["site"] = "north pole" }))), TestHub.Token);

        (List<NodeSummary> labelled, List<NodeSummary> rest, FleetSummary fleet) = await hub.Store.ReadAsync(
            s => (NodeStore.List(s, new NodeFilter(Board: "b", Label: "site=north pole"), "", 10), NodeStore.List(s, new NodeFilter(), "n-1", 1), NodeStore.Fleet(s, hub.Time.Now)), TestHub.Token);

        Assert.Equal("n-2", Assert.Single(labelled).Id);
        Assert.Equal("n-2", Assert.Single(rest).Id);
        Assert.Equal(3, fleet.Nodes);
    }
}

public sealed class SqliteStoreTests : StoreConformance
{
    private protected override TestHub Make() => new();
}
