using CsCheck;

namespace Talos.Fleet.Rollouts.Tests;

/// <summary>Nodes that come after the rollout was made.</summary>
public sealed class JoinTests
{
    private sealed record Case(int Nodes, int[] Joins, int Canary, bool Labelled, int Parallel, int FailEvery, int Seed)
    {
        public RolloutPlan Plan => Simulated.Plan with
        {
            Canary = Canary,
            MaxParallel = Parallel,
            ErrorPercent = 40,
            SuccessPercent = 50,
            SoakSeconds = 120,
            Waves = Labelled
                ? [new() { Labels = new Dictionary<string, string> { ["site"] = "lab" } }, new() { Labels = new Dictionary<string, string> { ["site"] = "field" } }]
                : [new() { Percent = 30 }, new() { Percent = 100 }],
        };

        public Simulated Run(Func<bool>? dies = null, Func<IReadOnlyList<Candidate>, IReadOnlyList<Candidate>>? order = null)
        {
            List<Candidate> all = Simulated.Nodes(Nodes + Joins.Sum());
            Simulated fleet = new(Plan, all[..Nodes], n => FailEvery > 0 && RolloutOrder.Of("fail", n) % (ulong)FailEvery == 0)
            {
                Dies = dies ?? (() => false),
                Joins = minute => minute >= Joins.Length ? [] : (order ?? (n => n))([.. all.Skip(Nodes + Joins.Take(minute).Sum()).Take(Joins[minute])]),
            };
            fleet.Run();
            return fleet;
        }

        public bool IsLate(string node) => int.Parse(node[2..], null) >= Nodes;
    }

    private static readonly Gen<Case> Cases =
        from nodes in Gen.Int[1, 60]
        from joins in Gen.Int[0, 8].Array[0, 12]
        from canary in Gen.Int[0, 2]
        from labelled in Gen.Bool
        from parallel in Gen.Int[1, 12]
        from failEvery in Gen.Int[0, 10]
        from seed in Gen.Int[0, 1000]
        select new Case(nodes, joins, canary, labelled, parallel, failEvery, seed);

    [Fact]
    public void Nodes_that_come_together_may_come_in_any_order() => Cases.Sample(c =>
    {
        Simulated one = c.Run(), other = c.Run(order: n => [.. n.OrderBy(x => RolloutOrder.Of($"{c.Seed}", x.Node))]);

        Assert.Equal(one.Log, other.Log);
        Assert.Equal(one.State.Nodes.OrderBy(n => n.Key), other.State.Nodes.OrderBy(n => n.Key));
    }, iter: 100);

    [Fact]
    public void A_hub_that_dies_at_any_step_comes_to_the_same_outcome() => Cases.Sample(c =>
    {
        Random random = new(c.Seed);

        Simulated alive = c.Run(), mortal = c.Run(() => random.Next(3) == 0);

        Assert.Equal(alive.Log, mortal.Log);
        Assert.Equal(alive.State.Waves, mortal.State.Waves);
        Assert.Equal(alive.State.Nodes.OrderBy(n => n.Key), mortal.State.Nodes.OrderBy(n => n.Key));
    }, iter: 100);

    [Fact]
    public void Nobody_joins_the_canary_or_gets_an_order_before_the_last_wave_that_takes_it_is_open() => Cases.Sample(c =>
    {
        Simulated fleet = c.Run();
        int canary = c.Canary > 0 ? 1 : 0;

        Assert.All(fleet.State.Nodes.Values.Where(n => c.IsLate(n.Node)), n =>
        {
            Assert.Equal(canary + (c.Labelled && RolloutOrder.Late(c.Plan, Simulated.Nodes(c.Nodes + c.Joins.Sum()).Single(x => x.Node == n.Node)) == canary ? 0 : 1), n.Wave);
            Assert.True(n.Attempt == 0 || n.Wave <= fleet.State.Head.Wave, $"{n} with wave {fleet.State.Head.Wave} open");
        });
        Assert.InRange(fleet.MostActive, 0, c.Parallel);
    }, iter: 150);

    [Fact]
    public void Whoever_joined_is_counted_and_has_one_order_at_most() => Cases.Sample(c =>
    {
        Simulated fleet = c.Run();
        RolloutState again = RolloutState.Restore(fleet.State.Id, fleet.State.Plan, fleet.State.Head, fleet.State.Nodes.Values);

        Assert.Equal(again.Waves, fleet.State.Waves);
        Assert.Equal(fleet.State.Nodes.Count, fleet.State.Waves.Sum(w => w.Size));
        Assert.Equal(fleet.Log.Distinct(), fleet.Log);
        if (fleet.State.Head.Phase is RolloutPhase.Completed)
        {
            Assert.Equal(fleet.State.Nodes.Count, fleet.Count(NodeStatus.Succeeded) + fleet.Count(NodeStatus.Failed));
        }
    }, iter: 150);

    [Fact]
    public void A_node_joins_while_the_rollout_waits_and_not_when_it_is_over()
    {
        Simulated fleet = new(Simulated.Plan, Simulated.Nodes(2));
        List<Candidate> late = Simulated.Nodes(4);

        fleet.Step(new RolloutEvent.Pause("eve"));
        fleet.Step(new RolloutEvent.Joined(late[2..3]));
        fleet.Step(new RolloutEvent.Abort("eve"));
        fleet.Step(new RolloutEvent.Joined(late[3..]));

        Assert.Equal(["b-0000", "b-0001", "b-0002"], fleet.State.Nodes.Keys.Order());
    }

    [Fact]
    public void A_node_that_runs_the_version_or_whose_board_is_held_back_gets_no_order()
    {
        Simulated fleet = new(Simulated.Plan, Simulated.Nodes(1), held: ["x"]);

        fleet.Step(new RolloutEvent.Joined([.. Simulated.Nodes(1, "x"), .. Simulated.Nodes(1, "y", "2.0.0")]));

        Assert.Equal((1, 1, 1), (fleet.Count(NodeStatus.HeldBack), fleet.Count(NodeStatus.Current), fleet.Log.Count));
    }

    [Fact]
    public void A_node_the_plan_does_not_select_or_no_wave_takes_does_not_join()
    {
        RolloutPlan plan = Simulated.Plan with { Selector = new RolloutSelector { Boards = ["b"] }, Waves = [new() { Labels = new Dictionary<string, string> { ["site"] = "lab" } }] };
        Simulated fleet = new(plan, Simulated.Nodes(1));

        fleet.Step(new RolloutEvent.Joined([.. Simulated.Nodes(4), .. Simulated.Nodes(2, "other")]));

        Assert.Equal(["b-0000", "b-0002"], fleet.State.Nodes.Keys.Order());
    }
}
