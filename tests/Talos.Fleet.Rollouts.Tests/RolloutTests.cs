namespace Talos.Fleet.Rollouts.Tests;

public sealed class RolloutTests
{
    [Fact]
    public void The_canary_goes_first_and_one_of_each_board()
    {
        Simulated fleet = new(Simulated.Plan with { Canary = 1 }, [.. Simulated.Nodes(20, "a"), .. Simulated.Nodes(20, "b")]);

        fleet.Step(new RolloutEvent.Tick());

        Assert.Equal(["a", "b"], fleet.Log.Select(l => l[..1]).Order());
    }

    [Fact]
    public void One_failure_of_the_canary_ends_it()
    {
        Simulated fleet = new(Simulated.Plan with { Canary = 2, ErrorPercent = 90 }, Simulated.Nodes(100), _ => true);

        fleet.Run();

        Assert.Equal(RolloutPhase.Stopped, fleet.State.Head.Phase);
        Assert.Equal(2, fleet.State.Touched);
    }

    [Fact]
    public void Waves_by_label_and_by_percent_go_one_after_the_other()
    {
        RolloutPlan plan = Simulated.Plan with
        {
            Waves = [new() { Labels = new Dictionary<string, string> { ["site"] = "lab" } }, new() { Percent = 75 }, new() { Percent = 100 }],
        };
        Simulated fleet = new(plan, Simulated.Nodes(100));

        fleet.Run();

        Assert.Equal([50, 25, 25], fleet.State.Waves.Select(w => w.Succeeded));
        Assert.Equal(RolloutPhase.Completed, fleet.State.Head.Phase);
    }

    [Fact]
    public void It_stops_by_itself_at_the_threshold_and_withdraws_what_nobody_began()
    {
        RolloutPlan plan = Simulated.Plan with { MaxParallel = 10, Waves = [new() { Percent = 20 }, new() { Percent = 100 }] };
        Simulated fleet = new(plan, Simulated.Nodes(1000), n => RolloutOrder.Of("x", n) % 10 == 0);

        fleet.Run();

        Assert.Equal(RolloutPhase.Stopped, fleet.State.Head.Phase);
        Assert.Equal(10, fleet.State.Failed);
        Assert.InRange(fleet.State.Touched, 10, 200);
        Assert.Equal(0, fleet.Count(NodeStatus.Assigned));
    }

    [Fact]
    public void At_the_threshold_it_can_also_wait_for_a_person_who_goes_on()
    {
        Simulated fleet = new(Simulated.Plan with { OnError = ErrorAction.Pause, ErrorCount = 1, ErrorPercent = 100, MaxParallel = 1 }, Simulated.Nodes(4), n => n == "b-0001");

        fleet.Run();
        RolloutPhase before = fleet.State.Head.Phase;
        fleet.Step(new RolloutEvent.Resume("eve"));
        fleet.Run();

        Assert.Equal(RolloutPhase.Paused, before);
        Assert.Equal(RolloutPhase.Completed, fleet.State.Head.Phase);
        Assert.Equal((3, 1), (fleet.Count(NodeStatus.Succeeded), fleet.Count(NodeStatus.Failed)));
    }

    [Fact]
    public void Each_wave_waits_for_approval_and_for_the_soak_time()
    {
        Simulated fleet = new(Simulated.Plan with { Approval = ApprovalRule.EachWave, SoakSeconds = 1800, Waves = [new() { Percent = 50 }, new() { Percent = 100 }] }, Simulated.Nodes(10));

        fleet.Run();
        int touchedBefore = fleet.State.Touched;
        fleet.Step(new RolloutEvent.Approve("eve"));
        DateTimeOffset approved = fleet.Now;
        fleet.Run();
        (RolloutPhase phase, int touched, TimeSpan soaked) = (fleet.State.Head.Phase, fleet.State.Touched, fleet.Now - approved);
        fleet.Step(new RolloutEvent.Approve("eve"));
        fleet.Run();

        Assert.Equal(0, touchedBefore);
        Assert.Equal((RolloutPhase.AwaitingApproval, 5), (phase, touched));
        Assert.True(soaked >= TimeSpan.FromMinutes(30));
        Assert.Equal(10, fleet.Count(NodeStatus.Succeeded));
    }

    [Fact]
    public void While_it_is_paused_no_orders_are_given_and_results_are_counted()
    {
        Simulated fleet = new(Simulated.Plan with { MaxParallel = 2 }, Simulated.Nodes(10));
        fleet.Step(new RolloutEvent.Tick());
        string first = fleet.Log[0].Split('#')[0];

        fleet.Step(new RolloutEvent.Pause("eve"));
        fleet.Step(new RolloutEvent.Reported(first, 1, NodeSignal.Done));

        Assert.Equal(2, fleet.Log.Count);
        Assert.Equal(1, fleet.Count(NodeStatus.Succeeded));
    }

    [Fact]
    public void An_abort_withdraws_what_nobody_began_and_late_results_still_count()
    {
        Simulated fleet = new(Simulated.Plan with { MaxParallel = 3 }, Simulated.Nodes(10));
        fleet.Step(new RolloutEvent.Tick());
        string[] nodes = [.. fleet.Log.Select(l => l.Split('#')[0])];
        fleet.Step(new RolloutEvent.Reported(nodes[0], 1, NodeSignal.Began));

        fleet.Step(new RolloutEvent.Abort("eve"));
        fleet.Step(new RolloutEvent.Reported(nodes[0], 1, NodeSignal.Done));
        fleet.Step(new RolloutEvent.Reported(nodes[1], 1, NodeSignal.Done));
        fleet.Step(new RolloutEvent.Resume("eve"));

        Assert.Equal(RolloutPhase.Aborted, fleet.State.Head.Phase);
        Assert.Equal(2, fleet.Effects.OfType<RolloutEffect.Withdraw>().Count());
        Assert.Equal((2, 1), (fleet.Count(NodeStatus.Succeeded), fleet.Count(NodeStatus.Withdrawn)));
    }

    [Fact]
    public void A_version_that_fails_on_one_board_is_held_back_there_and_goes_on_elsewhere()
    {
        RolloutPlan plan = Simulated.Plan with { HoldBackAfter = 3, ErrorPercent = 20, MaxParallel = 1 };
        Simulated fleet = new(plan, [.. Simulated.Nodes(30, "a"), .. Simulated.Nodes(30, "b")], n => n.StartsWith('a'));

        fleet.Run();

        Assert.Equal("a", Assert.Single(fleet.Effects.OfType<RolloutEffect.HoldBack>()).Board);
        Assert.Equal(RolloutPhase.Completed, fleet.State.Head.Phase);
        Assert.Equal((30, 3, 27), (fleet.Count(NodeStatus.Succeeded), fleet.Count(NodeStatus.Failed), fleet.Count(NodeStatus.HeldBack)));
    }

    [Fact]
    public void A_later_rollout_leaves_out_boards_it_is_held_back_for_and_nodes_that_have_it()
    {
        Simulated fleet = new(Simulated.Plan, [.. Simulated.Nodes(5, "a"), .. Simulated.Nodes(5, "b"), .. Simulated.Nodes(5, "c", "2.0.0")], held: ["a"]);

        fleet.Run();

        Assert.Equal((5, 5, 5), (fleet.Count(NodeStatus.Succeeded), fleet.Count(NodeStatus.HeldBack), fleet.Count(NodeStatus.Current)));
        Assert.Equal(5, fleet.State.Touched);
    }

    [Fact]
    public void A_node_that_failed_is_tried_again_by_force_after_the_delay()
    {
        int tries = 0;
        Simulated fleet = new(Simulated.Plan with { Retries = 2, RetryDelaySeconds = 300 }, Simulated.Nodes(1), _ => ++tries < 3);

        fleet.Run();

        Assert.Equal(["b-0000#1", "b-0000#2"], fleet.Log);
        Assert.Equal([false, true], fleet.Effects.OfType<RolloutEffect.Assign>().Select(a => a.Force));
        Assert.Equal(1, fleet.Count(NodeStatus.Succeeded));
    }

    [Fact]
    public void A_node_that_does_not_begin_gives_its_place_back_and_may_still_come_through()
    {
        Simulated fleet = new(Simulated.Plan with { MaxParallel = 1, SuccessPercent = 50 }, Simulated.Nodes(5), silent: n => n == "b-0003");

        fleet.Run();
        NodeStatus missed = fleet.State.Nodes["b-0003"].Status;
        fleet.Step(new RolloutEvent.Reported("b-0003", 1, NodeSignal.Done));

        Assert.Equal(NodeStatus.Missed, missed);
        Assert.Equal(5, fleet.Count(NodeStatus.Succeeded));
    }

    [Fact]
    public void A_wave_that_ends_below_its_threshold_waits_for_a_person()
    {
        Simulated fleet = new(Simulated.Plan with { Waves = [new() { Percent = 50 }, new() { Percent = 100 }] }, Simulated.Nodes(10), silent: n => n is "b-0001" or "b-0002" or "b-0003" or "b-0004" or "b-0005");

        fleet.Run();
        RolloutPhase before = fleet.State.Head.Phase;
        fleet.Step(new RolloutEvent.Resume("eve"));
        fleet.Run();

        Assert.Equal(RolloutPhase.Paused, before);
        Assert.Equal(RolloutPhase.Completed, fleet.State.Head.Phase);
    }

    [Fact]
    public void Orders_are_given_only_while_a_window_is_open()
    {
        RolloutPlan plan = Simulated.Plan with { Windows = [new WindowRule { TimeZone = "Europe/Berlin", Start = "22:00", Minutes = 120 }] };
        Simulated fleet = new(plan, Simulated.Nodes(3));

        fleet.Run(minutes: 8 * 60);
        int before = fleet.State.Touched;
        fleet.Run(minutes: 2 * 60);

        Assert.Equal(0, before);
        Assert.Equal(RolloutPhase.Completed, fleet.State.Head.Phase);
        Assert.Equal(new DateTimeOffset(2026, 11, 2, 21, 1, 0, TimeSpan.Zero), fleet.Now, TimeSpan.FromMinutes(2));
    }

    [Theory]
    [InlineData("2026-03-28T23:00:00Z", "2026-03-29T01:00:00Z", "2026-03-29T02:00:00Z")]
    [InlineData("2026-10-24T22:00:00Z", "2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z")]
    public void Windows_follow_daylight_saving_time(string now, string from, string to)
    {
        WindowRule rule = new() { TimeZone = "Europe/Berlin", Days = [WindowDay.Sun], Start = "02:30", Minutes = 60 };

        Protocol.MaintenanceWindow window = Windows.Coming([rule], DateTimeOffset.Parse(now, System.Globalization.CultureInfo.InvariantCulture), 2, 8)[0];

        Assert.Equal(DateTimeOffset.Parse(from, System.Globalization.CultureInfo.InvariantCulture), window.From);
        Assert.Equal(DateTimeOffset.Parse(to, System.Globalization.CultureInfo.InvariantCulture), window.To);
    }

    [Theory]
    [InlineData("maxParallel: 0 is not within")]
    [InlineData("errorPercent: 0 is not above")]
    [InlineData("waves[1].percent: 20 is not above 50")]
    [InlineData("waves: the last percent is 50")]
    [InlineData("windows[0].timeZone: Mars")]
    public void A_bad_plan_is_refused_by_the_name_of_the_member(string problem)
    {
        RolloutPlan plan = problem switch
        {
            ['m', ..] => Simulated.Plan with { MaxParallel = 0 },
            ['e', ..] => Simulated.Plan with { ErrorPercent = 0 },
            ['w', 'i', ..] => Simulated.Plan with { Windows = [new WindowRule { TimeZone = "Mars", Start = "22:00", Minutes = 60 }] },
            var p when p.Contains("[1]", StringComparison.Ordinal) => Simulated.Plan with { Waves = [new() { Percent = 50 }, new() { Percent = 20 }] },
            _ => Simulated.Plan with { Waves = [new() { Percent = 50 }] },
        };

        Assert.StartsWith(problem, PlanRules.Check(plan), StringComparison.Ordinal);
    }
}
