using Talos.Fleet.Protocol;

namespace Talos.Fleet.Agent.Tests.Real;

/// <summary>An order that waits for pods.</summary>
public sealed class HoldTests : OrderTest
{
    private static readonly PodHold[] Holds = [new("default-web", TimeSpan.FromHours(6))];

    [Fact]
    public async Task An_order_waits_until_the_pod_is_gone()
    {
        await using RunningAgent agent = await OrderedAsync(Holds);

        await StepUntilAsync(() => agent.State.Desired?.Status is DesiredStatus.Vetoed, TimeSpan.FromSeconds(10));
        string? reason = agent.State.Desired!.Reason;
        agent.Node.Facts = agent.Node.Facts with { Holds = [] };
        await StepUntilAsync(() => agent.Node.Calls.Contains("install v1.1.0"), TimeSpan.FromSeconds(10));

        Assert.Equal("workload: pod default-web forbids disruption; it is waited for 06:00:00 at most", reason);
    }

    [Fact]
    public async Task An_order_waits_no_longer_than_the_limit()
    {
        await using RunningAgent agent = await OrderedAsync(Holds);
        await StepUntilAsync(() => agent.State.Desired?.Status is DesiredStatus.Vetoed, TimeSpan.FromSeconds(10));
        DateTimeOffset since = Clock.GetUtcNow();

        Clock.Advance(TimeSpan.FromHours(5));
        for (int i = 0; i < 20; i++)
        {
            await Task.Delay(5, Ct);
            Clock.Advance(TimeSpan.FromMinutes(1));
        }

        Assert.DoesNotContain("install v1.1.0", agent.Node.Calls);
        await StepUntilAsync(() => agent.Node.Calls.Contains("install v1.1.0"), TimeSpan.FromMinutes(1));
        Assert.InRange(Clock.GetUtcNow() - since, TimeSpan.FromHours(6) - TimeSpan.FromMinutes(5), TimeSpan.FromHours(8));
    }
}
