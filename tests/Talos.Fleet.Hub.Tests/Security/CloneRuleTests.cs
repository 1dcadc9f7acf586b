using CsCheck;
using Talos.Fleet.Api;
using Talos.Fleet.Hub.Store;
using Talos.Fleet.Protocol;

namespace Talos.Fleet.Hub.Tests.Security;

/// <summary>Copied cards: two devices with one identity.</summary>
[Trait("Category", "Security")]
public sealed class CloneRuleTests
{
    private static readonly DateTimeOffset Begin = new(2026, 11, 30, 0, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("A", false)]
    [InlineData("A A A A A A A A", false)]
    [InlineData("A B", false)]
    [InlineData("A B C D E F G H I J K L M N O P Q R S T", false)]
    [InlineData("A A B B C C D D", false)]
    [InlineData("A B A", false)]
    [InlineData("A B A B", false)]
    [InlineData("A B A C D E F", false)]
    [InlineData("A B A B A", true)]
    [InlineData("A A B B A A B B A A", true)]
    [InlineData("A B C A B C", true)]
    [InlineData("A B A B A C A D A", true)]
    [InlineData("A B C B D B E B", true)]
    public void Boots_that_come_back_three_times_are_two_devices_and_boots_that_are_new_are_one(string heard, bool cloned) =>
        Assert.Equal(cloned, Run(heard.Split(' ').Select(b => (b, TimeSpan.FromMinutes(1)))).Since is not null);

    [Fact]
    public void However_often_and_fast_a_node_restarts_it_is_no_clone() =>
        Gen.Select(Gen.Int[1, 5], Gen.Int[0, 86400]).Array[1, 300].Sample(boots =>
            Assert.Null(Run(boots.SelectMany((b, i) => Enumerable.Repeat(($"boot-{i}", TimeSpan.FromSeconds(b.Item2)), b.Item1))).Since));

    [Fact]
    public void Two_devices_that_go_on_in_turns_are_found_whenever_each_of_them_restarts_rarely() =>
        Gen.Select(Gen.Int[1, 40], Gen.Int[8, 60], Gen.Int[30, 3600]).Sample((restart, turns, seconds) =>
            Assert.NotNull(Run(Enumerable.Range(0, turns).Select(i => ($"{(i % 2 == 0 ? "left" : "right")}-{i / 2 / Math.Max(restart, 5)}", TimeSpan.FromSeconds(seconds)))).Since));

    [Fact]
    public void What_is_kept_is_bounded_whatever_is_heard() => Gen.Int[0, 60].Array[0, 500].Sample(boots =>
    {
        BootHistory known = Run(boots.Select(b => ($"boot-{b}", TimeSpan.FromMinutes(1))));

        Assert.InRange(known.Boots.Count, 0, 16);
        Assert.InRange(known.Returns.Count, 0, 8);
    });

    [Fact]
    public void Returns_that_are_days_apart_are_no_alarm_and_an_alarm_ends_a_day_after_the_last_one()
    {
        BootHistory apart = Run("A B A B A B A".Split(' ').Select(b => (b, TimeSpan.FromHours(13))));
        BootHistory cloned = Run("A B A B A".Split(' ').Select(b => (b, TimeSpan.FromMinutes(1))));

        Assert.Null(apart.Since);
        Assert.True(CloneRule.Holds(cloned, cloned.Returns[^1] + TimeSpan.FromHours(23)));
        Assert.False(CloneRule.Holds(cloned, cloned.Returns[^1] + TimeSpan.FromHours(25)));
    }

    [Fact]
    public void A_hub_whose_clock_is_set_back_by_twenty_years_still_tells_clones_from_restarts()
    {
        BootHistory known = Run("A B A".Split(' ').Select(b => (b, TimeSpan.FromMinutes(1))));
        foreach (string boot in (string[])["B", "A"])
        {
            known = CloneRule.Step(known, boot, Begin.AddYears(-20));
        }

        Assert.NotNull(known.Since);
        Assert.Null(Run([("A", TimeSpan.FromDays(-7300)), ("B", TimeSpan.FromDays(7300)), ("C", TimeSpan.FromDays(-1))]).Since);
    }

    [Fact]
    public async Task A_clone_is_told_once_in_the_list_of_nodes_its_events_and_the_webhooks_and_forgotten_when_the_node_enrols_anew()
    {
        using TestHub hub = new(webhooks: ["http://127.0.0.1:9/hook"]);
        await hub.AddNodesAsync("n-1", "n-2");
        await hub.Ingest.StartAsync(TestHub.Token);

        for (int turn = 0; turn < 9; turn++)
        {
            await SayAsync(hub, "n-1", turn % 2 == 0 ? "left" : "right", PresenceStatus.Online);
            await SayAsync(hub, "n-1", turn % 2 == 0 ? "left" : "right", PresenceStatus.Lost);
            await SayAsync(hub, "n-2", $"boot-{turn}", PresenceStatus.Online);
        }

        await hub.Ingest.StopAsync(TestHub.Token);
        List<NodeSummary> nodes = await hub.Store.ReadAsync(s => NodeStore.List(s, new NodeFilter(), "", 10), TestHub.Token);
        List<EventRecord> events = await hub.Store.ReadAsync(s => NodeStore.Events(s, null, 0, 10), TestHub.Token);

        Assert.Equal([true, false], nodes.Select(n => n.ClonedSince is not null));
        EventRecord told = Assert.Single(events);
        Assert.Equal(("n-1", "hub", "hub.cloned", EventSeverity.Error), (told.Node, told.Stream, told.Event.Kind, told.Event.Severity));
        Assert.Contains("left and right", told.Event.Message.Replace("right and left", "left and right", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Equal(1, await hub.Store.ReadAsync(WebhookStore.Waiting, TestHub.Token));
        await hub.AddTokenAsync("own", node: "n-1");
        await hub.Enrollment.EnrollAsync(new EnrollRequest { Token = "own", Csr = TestHub.Csr("n-1") }, TestHub.Token);
        Assert.Null((await hub.Store.ReadAsync(s => NodeStore.Find(s, "n-1"), TestHub.Token))!.ClonedSince);
    }

    [Fact]
    public async Task A_node_cannot_speak_for_the_hub_in_its_own_history()
    {
        using TestHub hub = new();
        await hub.AddNodesAsync("n-1");

        Outcome outcome = Assert.Single(await hub.TakeAsync(hub.Events("n-1", "hub", 1, 1, 2)));

        Assert.Equal(Taken.Unasked, outcome.Taken);
        Assert.Empty(await hub.Store.ReadAsync(s => NodeStore.Events(s, "n-1", 0, 10), TestHub.Token));
    }

    private static BootHistory Run(IEnumerable<(string Boot, TimeSpan After)> heard)
    {
        BootHistory? known = null;
        DateTimeOffset now = Begin;
        foreach ((string boot, TimeSpan after) in heard)
        {
            now += after;
            known = CloneRule.Step(known, boot, now);
        }

        return known ?? new BootHistory();
    }

    private static async Task SayAsync(TestHub hub, string node, string boot, PresenceStatus status)
    {
        hub.Time.Now += TimeSpan.FromSeconds(30);
        byte[] said = FleetMessages.Write(new Presence { Status = status, BootId = boot, Time = hub.Time.Now });
        await await hub.Ingest.SubmitAsync($"talos/1/{node}/presence", new System.Buffers.ReadOnlySequence<byte>(said), TestHub.Token);
    }
}
