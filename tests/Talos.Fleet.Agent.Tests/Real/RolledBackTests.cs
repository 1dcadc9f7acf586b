using Talos.Fleet.Protocol;

namespace Talos.Fleet.Agent.Tests.Real;

/// <summary>An order that was carried out before people went back to the version before.</summary>
public sealed class RolledBackTests : OrderTest
{
    private static readonly TimeSpan Step = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task It_is_not_carried_out_again_until_it_is_ordered_anew()
    {
        await using RunningAgent agent = await OrderedAsync();
        await StepUntilAsync(() => Installs(agent) > 0, Step);
        Runs(agent, "v1.1.0", UpdatePhase.Committed);
        await StepUntilAsync(() => agent.State.Desired is { Status: DesiredStatus.Done, Reason: null }, Step);

        // It may have tried more than once before it was there.
        int tries = Installs(agent);

        Runs(agent, "v1.0.0", UpdatePhase.Idle);
        await StepUntilAsync(() => agent.State.Desired is { Status: DesiredStatus.Done, Reason: not null }, Step);
        await OrderAsync(2, interval: 60);
        await StepUntilAsync(() => agent.State.Desired is { Revision: 2, Status: DesiredStatus.Done, Reason: not null }, Step);
        Assert.Equal(tries, Installs(agent));

        await OrderAsync(3, rollout: "r-2");
        await StepUntilAsync(() => Installs(agent) > tries, Step);
    }

    private static int Installs(RunningAgent agent)
    {
        lock (agent.Node.Calls)
        {
            return agent.Node.Calls.Count(c => c == "install v1.1.0");
        }
    }

    private static void Runs(RunningAgent agent, string version, UpdatePhase phase) =>
        agent.Node.Facts = agent.Node.Facts with { Version = version, Update = new UpdateFacts { Phase = phase, RunningVersion = version, Slot = "A" } };
}
