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
        HealthTracker tracker = HealthTracker.Initial.With(null, 3);
        Assert.True(tracker.Health.Healthy);

        tracker = tracker.With("refused", 3).With("refused", 3);
        Assert.True(tracker.Health.Healthy);

        tracker = tracker.With("refused", 3);
        Assert.Equal(new ServiceHealth(false, false, "refused"), tracker.Health);

        Assert.True(tracker.With(null, 3).Health.Healthy);
    }

    [Fact]
    public void The_first_bad_answer_ends_the_unknown() =>
        Assert.Equal(new ServiceHealth(false, false, "refused"), HealthTracker.Initial.With("refused", 3).Health);
}
