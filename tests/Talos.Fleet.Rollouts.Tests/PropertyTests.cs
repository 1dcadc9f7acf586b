using CsCheck;

namespace Talos.Fleet.Rollouts.Tests;

/// <summary>What holds for every plan and every fleet.</summary>
public sealed class PropertyTests
{
    private sealed record Case(int Nodes, int Canary, double[] Percents, int Parallel, double Error, double Success, int FailEvery, int SilentEvery, int Retries, int Seed)
    {
        public RolloutPlan Plan => Simulated.Plan with
        {
            Canary = Canary,
            MaxParallel = Parallel,
            ErrorPercent = Error,
            SuccessPercent = Success,
            Retries = Retries,
            RetryDelaySeconds = 120,
            Waves = [.. Percents.Distinct().Order().Append(100).Distinct().Select(p => new RolloutWave { Percent = p })],
        };

        public bool Fails(string node) => FailEvery > 0 && RolloutOrder.Of("fail", node) % (ulong)FailEvery == 0;

        public bool Silent(string node) => SilentEvery > 0 && RolloutOrder.Of("silent", node) % (ulong)SilentEvery == 0;

        public Simulated Run(Func<bool>? dies = null, IEnumerable<Candidate>? nodes = null)
        {
            Simulated fleet = new(Plan, nodes ?? Simulated.Nodes(Nodes), Fails, Silent) { Dies = dies ?? (() => false) };
            fleet.Run();
            return fleet;
        }
    }

    private static readonly Gen<Case> Cases =
        from nodes in Gen.Int[0, 120]
        from canary in Gen.Int[0, 3]
        from percents in Gen.Double[1, 99].Array[0, 3]
        from parallel in Gen.Int[1, 30]
        from error in Gen.Double[1, 60]
        from success in Gen.Double[10, 100]
        from failEvery in Gen.Int[0, 12]
        from silentEvery in Gen.Int[0, 12]
        from retries in Gen.Int[0, 2]
        from seed in Gen.Int[0, 1000]
        select new Case(nodes, canary, percents, parallel, error, success, failEvery, silentEvery, retries, seed);

    [Fact]
    public void The_order_does_not_depend_on_how_the_nodes_are_listed() => Cases.Sample(c =>
    {
        List<Candidate> shuffled = [.. Simulated.Nodes(c.Nodes).OrderBy(n => RolloutOrder.Of($"{c.Seed}", n.Node))];

        Assert.Equal(c.Run().Log, c.Run(nodes: shuffled).Log);
    }, iter: 100);

    [Fact]
    public void A_hub_that_dies_at_any_step_comes_to_the_same_outcome() => Cases.Sample(c =>
    {
        Random random = new(c.Seed);

        Simulated alive = c.Run(), mortal = c.Run(() => random.Next(3) == 0);

        Assert.Equal(alive.Log, mortal.Log);
        Assert.Equal(alive.State.Head.Phase, mortal.State.Head.Phase);
        Assert.Equal(alive.State.Nodes.OrderBy(n => n.Key), mortal.State.Nodes.OrderBy(n => n.Key));
        Assert.Equal(alive.State.Waves, mortal.State.Waves);
    }, iter: 100);

    [Fact]
    public void Never_more_nodes_than_allowed_have_an_order_at_once() => Cases.Sample(c => Assert.InRange(c.Run().MostActive, 0, c.Parallel), iter: 150);

    [Fact]
    public void No_node_gets_two_orders_but_by_the_rule_of_retries() => Cases.Sample(c =>
    {
        Simulated fleet = c.Run();

        Assert.All(fleet.Log.GroupBy(l => l.Split('#')[0]), g => Assert.InRange(g.Count(), 1, 1 + c.Retries));
        Assert.Equal(fleet.Log.Distinct(), fleet.Log);
        Assert.Equal(fleet.Log.Select(l => l.Split('#')[0]).Distinct().Count(), fleet.State.Touched);
    }, iter: 150);

    [Fact]
    public void Failures_never_go_past_the_threshold_by_more_than_what_was_under_way() => Cases.Sample(c =>
    {
        Simulated fleet = c.Run();

        for (int wave = 0; wave < fleet.State.Waves.Length; wave++)
        {
            WaveCount count = fleet.State.Waves[wave];
            double limit = c.Canary > 0 && wave == 0 ? 0 : c.Error;
            Assert.True(count.Failed <= Math.Ceiling(limit * count.Size / 100) + c.Parallel, $"wave {wave}: {count}");
        }
    }, iter: 150);

    [Fact]
    public void Counts_are_those_of_the_rows() => Cases.Sample(c =>
    {
        RolloutState state = c.Run().State;
        RolloutState again = RolloutState.Restore(state.Id, state.Plan, state.Head, state.Nodes.Values);

        Assert.Equal(again.Waves, state.Waves);
        Assert.Equal(again.Active, state.Active);
        Assert.Equal(again.Touched, state.Touched);
    }, iter: 100);

    [Fact]
    public void It_comes_to_an_end_with_every_node_accounted_for() => Cases.Sample(c =>
    {
        Simulated fleet = c.Run();

        Assert.NotEqual(RolloutPhase.Running, fleet.State.Head.Phase);
        if (fleet.State.Head.Phase is RolloutPhase.Completed)
        {
            Assert.Equal(c.Nodes, fleet.Count(NodeStatus.Succeeded) + fleet.Count(NodeStatus.Failed) + fleet.Count(NodeStatus.Missed));
        }
    }, iter: 150);
}
