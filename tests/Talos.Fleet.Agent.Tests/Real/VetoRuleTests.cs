using Talos.Fleet.Protocol;

namespace Talos.Fleet.Agent.Tests.Real;

/// <summary>What holds a node back holds it back on every way to an update.</summary>
public sealed class VetoRuleTests : OrderTest
{
    private static readonly PodHold Hold = new("default-web", TimeSpan.FromHours(6));

    public static TheoryData<bool, bool, string> Vetoes => new()
    {
        { true, false, "pod default-web forbids disruption" },
        { false, true, "health: the node is not ready" },
        { true, true, "health: the node is not ready: x; workload: pod default-web forbids disruption" },
    };

    [Theory]
    [MemberData(nameof(Vetoes))]
    public async Task An_order_and_a_command_are_held_back_by_the_same(bool pod, bool health, string reason)
    {
        WithoutOrder();
        await using RunningAgent agent = await OrderedAsync(pod ? [Hold] : []);
        agent.Node.Facts = agent.Node.Facts with { Ready = !health, Unmet = health ? ["x"] : [] };
        agent.State.ToDo.Raise();
        await StepUntilAsync(() => agent.State.Facts.Ready == !health, TimeSpan.FromSeconds(1));

        await OrderAsync(1);
        await StepUntilAsync(() => agent.State.Desired?.Status is DesiredStatus.Vetoed, TimeSpan.FromSeconds(1));
        await CommandAsync("c-1", 1);
        await CommandAsync("c-2", 2, force: true);
        await StepUntilAsync(() => Results("c-2").Any(r => r.State is CommandState.Failed), TimeSpan.FromSeconds(1));

        Assert.Contains(reason, agent.State.Desired!.Reason!, StringComparison.Ordinal);
        Assert.Contains($"not installed: ", Results("c-1")[^1].Message!, StringComparison.Ordinal);
        Assert.All(new[] { "c-1", "c-2" }, id => Assert.Contains(reason, Results(id)[^1].Message!, StringComparison.Ordinal));
        Assert.DoesNotContain(agent.Node.Calls, c => c.StartsWith("install", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_command_goes_through_when_the_pod_is_gone_or_its_limit_is_over()
    {
        WithoutOrder();
        await using RunningAgent agent = await OrderedAsync(Hold);
        await CommandAsync("c-1", 1);
        await StepUntilAsync(() => Results("c-1").Any(r => r.State is CommandState.Failed), TimeSpan.FromSeconds(1));

        Clock.Advance(TimeSpan.FromHours(6));
        await CommandAsync("c-2", 2);
        await StepUntilAsync(() => agent.Node.Calls.Contains("install v1.2.0"), TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task A_restart_or_rollback_by_a_person_is_not_held_back()
    {
        WithoutOrder();
        await using RunningAgent agent = await OrderedAsync(Hold);
        await CommandAsync("c-1", 1, kind: CommandKind.Rollback);
        await StepUntilAsync(() => agent.Node.Calls.Contains("rollback"), TimeSpan.FromSeconds(1));
    }
}
