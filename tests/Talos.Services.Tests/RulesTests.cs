using Talos.Services.Health;
using Talos.Services.Machine;

namespace Talos.Services.Tests;

public sealed class RulesTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 2)]
    [InlineData(4, 8)]
    [InlineData(7, 60)]
    [InlineData(1000, 60)]
    public void The_pause_doubles_up_to_a_minute(int failures, double seconds) =>
        Assert.Equal(seconds, Backoff.After(failures, 0.5).TotalSeconds, 3);

    [Fact]
    public void Jitter_spreads_the_pause_by_a_fifth()
    {
        Assert.Equal(0.8, Backoff.After(1, 0).TotalSeconds, 3);
        Assert.Equal(1.2, Backoff.After(1, 1).TotalSeconds, 3);
    }

    [Fact]
    public void Dependents_are_stopped_before_what_they_depend_on()
    {
        Dictionary<string, IReadOnlyList<string>> services = new()
        {
            ["cri"] = [],
            ["kubelet"] = ["cri"],
            ["agent"] = ["kubelet"],
            ["apid"] = [],
        };

        Assert.Equal(["agent", "kubelet", "cri"], ServiceOrder.ToStop(["cri"], services));
        Assert.Equal(["agent", "apid", "kubelet", "cri"], ServiceOrder.ToStop(services.Keys, services));
    }

    [Fact]
    public void A_circle_of_dependencies_still_has_an_order()
    {
        Dictionary<string, IReadOnlyList<string>> services = new() { ["a"] = ["b"], ["b"] = ["a"] };

        Assert.Equal(2, ServiceOrder.ToStop(["a"], services).Count);
    }

    [Fact]
    public void One_good_answer_heals_and_three_bad_ones_make_ill()
    {
        HealthTracker tracker = HealthTracker.Initial.With(null, 3, starting: false);
        Assert.True(tracker.Health.Healthy);

        tracker = tracker.With("refused", 3, starting: false).With("refused", 3, starting: false);
        Assert.True(tracker.Health.Healthy);

        tracker = tracker.With("refused", 3, starting: false);
        Assert.Equal(new ServiceHealth(false, false, "refused"), tracker.Health);

        Assert.True(tracker.With(null, 3, starting: false).Health.Healthy);
    }

    /// <summary>Small letters: an answer within the grace time, capitals: after it; y is a good answer, n a bad one.</summary>
    [Theory]
    [InlineData("", "?")]
    [InlineData("n", "?")]
    [InlineData("nnnnnnnn", "????????")]
    [InlineData("y", "+")]
    [InlineData("nnny", "???+")]
    [InlineData("nnnN", "???-")]
    [InlineData("N", "-")]
    [InlineData("NY", "-+")]
    [InlineData("nnNNY", "??--+")]
    [InlineData("nYNN", "?+++")]
    [InlineData("yn", "++")]
    [InlineData("ynnn", "+++-")]
    [InlineData("nynnny", "?+++-+")]
    [InlineData("ynnyn", "+++++")]
    [InlineData("YNNN", "+++-")]
    public void A_service_that_is_starting_is_neither_healthy_nor_unhealthy(string answers, string expected)
    {
        HealthTracker tracker = HealthTracker.Initial;
        string seen = tracker.Health.Unknown && answers.Length == 0 ? "?" : "";

        foreach (char answer in answers)
        {
            tracker = tracker.With(char.ToLowerInvariant(answer) is 'y' ? null : "refused", 3, starting: char.IsLower(answer));
            seen += tracker.Health switch { { Unknown: true } => '?', { Healthy: true } => '+', _ => '-' };
        }

        Assert.Equal(expected, seen);
    }

    [Theory]
    [InlineData("", 30, 1)]
    [InlineData("n", 30, 1)]
    [InlineData("y", 30, 30)]
    [InlineData("yn", 30, 3)]
    [InlineData("ynn", 30, 3)]
    [InlineData("ynnn", 30, 1)]
    [InlineData("ynny", 30, 30)]
    [InlineData("yn", 2, 2)]
    public void Who_is_well_is_asked_seldom_and_doubt_is_cleared_up_soon(string answers, int interval, int seconds)
    {
        HealthTracker tracker = answers.Aggregate(HealthTracker.Initial, (t, a) => t.With(a is 'y' ? null : "refused", 3, starting: false));

        Assert.Equal(TimeSpan.FromSeconds(seconds), tracker.Pause(TimeSpan.FromSeconds(interval)));
    }

    [Theory]
    [MemberData(nameof(InputsOnTheWayDown))]
    public void On_the_way_down_nothing_begins_and_what_runs_is_left_to_its_stop(object input, object? expected) =>
        Assert.Equal(expected, ServiceMachine.WhenGoingDown((ServiceInput)input));

    public static TheoryData<object, object?> InputsOnTheWayDown() => new()
    {
        { new ServiceInput.Start(), null },
        { new ServiceInput.Restart("new settings"), null },
        { new ServiceInput.DependenciesReady(1), new ServiceInput.Stop() },
        { new ServiceInput.Prepared(1), new ServiceInput.Stop() },
        { new ServiceInput.RestartDue(1), new ServiceInput.Stop() },
        { new ServiceInput.Stop(), new ServiceInput.Stop() },
        { new ServiceInput.Launched(7), new ServiceInput.Launched(7) },
        { new ServiceInput.Failed(1, "no"), new ServiceInput.Failed(1, "no") },
        { new ServiceInput.Exited(true, "exit code 0", TimeSpan.Zero), new ServiceInput.Exited(true, "exit code 0", TimeSpan.Zero) },
    };

    [Fact]
    public void The_first_bad_answer_ends_the_unknown() =>
        Assert.Equal(new ServiceHealth(false, false, "refused"), HealthTracker.Initial.With("refused", 3, starting: false).Health);
}
