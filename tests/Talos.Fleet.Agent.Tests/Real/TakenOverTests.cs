using Talos.Fleet.Protocol;

namespace Talos.Fleet.Agent.Tests.Real;

/// <summary>Another device with the same identity: a copied card.</summary>
public sealed class TakenOverTests : OrderTest
{
    [Fact]
    public async Task A_session_that_is_taken_over_again_and_again_is_told_once_and_left_alone_ever_longer()
    {
        WithoutOrder();
        await using RunningAgent agent = await OrderedAsync();
        List<TimeSpan> pauses = [];
        for (int i = 0; i < 8; i++)
        {
            // Each connection lasts long enough to count as a good one.
            Clock.Advance(TimeSpan.FromMinutes(2));
            int made = Links.Made.Count;
            DateTimeOffset since = Clock.Manual.GetUtcNow();
            Links.End(new LinkEnd("SessionTakenOver (0x8e)", LinkEndKind.TakenOver));
            await StepUntilAsync(() => Links.Made.Count > made, TimeSpan.FromSeconds(1));
            pauses.Add(Clock.Manual.GetUtcNow() - since);
        }

        await StepUntilAsync(() => Events().Any(e => e.Kind == "fleet.session-taken-over"), TimeSpan.FromSeconds(1));
        string line = Assert.Single(Log.Lines, l => l.Contains("took over the session of node-a", StringComparison.Ordinal));
        Assert.Contains("SessionTakenOver (0x8e)", line, StringComparison.Ordinal);
        Assert.Single(Events().DistinctBy(e => e.Seq), e => e.Kind == "fleet.session-taken-over");
        Assert.True(pauses[0] >= TimeSpan.FromSeconds(7), string.Join(", ", pauses));
        Assert.True(pauses[^1] >= TimeSpan.FromMinutes(5), string.Join(", ", pauses));
    }

    [Fact]
    public void After_a_day_alone_the_pauses_begin_anew()
    {
        TakeOvers takeOvers = new(Clock);
        Assert.True(takeOvers.Count());
        Assert.False(takeOvers.Count());
        Assert.Equal(TimeSpan.FromSeconds(30), takeOvers.Pause(isSure: true, 1));

        Clock.Jump(Talos.Testing.JumpingTimeProvider.TwentyYears);
        Assert.False(takeOvers.Count());
        Assert.Equal(TimeSpan.FromSeconds(60), takeOvers.Pause(isSure: true, 1));
        Clock.Advance(TimeSpan.FromDays(2));
        Assert.True(takeOvers.Count());
        Assert.Equal(TimeSpan.FromSeconds(15), takeOvers.Pause(isSure: true, 1));
    }

    [Fact]
    public async Task Connections_that_are_closed_without_a_word_are_a_guess_from_the_third_on_and_cost_a_minute_at_most()
    {
        WithoutOrder();
        await using RunningAgent agent = await OrderedAsync();
        for (int i = 0; i < 8; i++)
        {
            Assert.Equal(i >= TakeOvers.Suspicious ? 1 : 0, Log.Lines.Count(l => l.Contains("a copied card", StringComparison.Ordinal)));
            Clock.Advance(TimeSpan.FromMinutes(2));
            int made = Links.Made.Count;
            DateTimeOffset since = Clock.Manual.GetUtcNow();
            Links.End(new LinkEnd("the broker closed it without a reason", LinkEndKind.Silent));
            await StepUntilAsync(() => Links.Made.Count > made, TimeSpan.FromSeconds(1));
            Assert.InRange(Clock.Manual.GetUtcNow() - since, TimeSpan.Zero, TimeSpan.FromMinutes(2));
        }

        await StepUntilAsync(() => Events().Any(e => e.Kind == "fleet.session-cut"), TimeSpan.FromSeconds(1));
    }

    [Theory]
    [InlineData(LinkEndKind.Other, 1)]
    [InlineData(LinkEndKind.Silent, 90)]
    public void A_broken_line_or_a_long_connection_is_no_takeover(object kind, int minutes)
    {
        TakeOvers takeOvers = new(Clock);

        Assert.All(Enumerable.Range(0, 9), _ => Assert.False(takeOvers.IsOne((LinkEndKind)kind, TimeSpan.FromMinutes(minutes))));
    }

    private IEnumerable<NodeEvent> Events() =>
        Links.Published.Where(p => p.Kind is TopicKind.Events).SelectMany(p => FleetMessages.ReadEvents(p.Payload).Value!.Events);
}

/// <summary>Two real agents with one identity on a real broker.</summary>
[Trait("Category", "Integration")]
public sealed class ClonedNodeTests : MosquittoTest
{
    public ClonedNodeTests()
        : base("fleet-clone")
    {
    }

    [Fact]
    public async Task Both_say_once_that_another_device_may_have_their_identity_though_mosquitto_gives_no_reason()
    {
        CapturedLog first = new(), second = new();
        await using RunningAgent a = await StartAsync("one", first);
        await Until.TrueAsync("the first is connected", () => Has(first, "Connected to"));
        await using RunningAgent b = await StartAsync("two", second);

        await Until.TrueAsync("the first was told", () => Has(first, "a copied card"));
        await Until.TrueAsync("the second was told", () => Has(second, "a copied card"));

        Assert.Single(first.Lines, l => l.Contains("a copied card", StringComparison.Ordinal));
    }

    private static bool Has(CapturedLog log, string text) => log.Lines.Any(l => l.Contains(text, StringComparison.Ordinal));

    private async Task<RunningAgent> StartAsync(string folder, CapturedLog log)
    {
        AgentSettings settings = RunningAgent.Settings(Path.Combine(Folder, folder), "node-a");
        Fleet.Enrol(settings.StateFolder, "node-a", Broker.Port);
        RunningAgent agent = new();
        await agent.StartAsync(settings, log);
        return agent;
    }
}
