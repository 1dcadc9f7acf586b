using Talos.Fleet.Hub.Orders;
using Talos.Fleet.Hub.Store;
using Talos.Fleet.Protocol;
using Talos.Fleet.Rollouts;

namespace Talos.Fleet.Hub.Tests;

/// <summary>A node that had begun when its rollout was stopped.</summary>
public sealed class LateResultTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Its_result_is_still_read_under_the_number_of_the_order_or_of_its_withdrawal(long revision)
    {
        using TestHub hub = new();
        await hub.AddNodesAsync("n-1");
        RolloutPlan plan = new() { Name = "r", Version = "2.0.0", BundleId = new string('a', 64), Url = "https://h/b", Canary = 0 };
        StoredRollout stored = await hub.Store.WriteAsync(
            s =>
            {
                StoredRollout at = new(1, RolloutState.Create("r1", plan, NodeStore.Candidates(s), [], hub.Time.Now), hub.Time.Now, "eve", hub.Time.Now);
                RolloutStore.Insert(s, at.State, "eve", hub.Time.Now);
                foreach (RolloutEvent e in new RolloutEvent[] { new RolloutEvent.Tick(), new RolloutEvent.Abort("eve") })
                {
                    RolloutStep step = RolloutEngine.Step(at.State, e, hub.Time.Now);
                    at = hub.Rollouts.Save(s, at, step.State, step.Changed, step.Effects, hub.Time.Now);
                }

                return at;
            },
            TestHub.Token);

        await hub.TakeAsync(hub.State("n-1", version: "2.0.0", desired: new DesiredReport { Revision = revision, Status = DesiredStatus.Done }));
        (List<string> watched, List<RolloutEvent.Reported> reports) = await hub.Store.ReadAsync(
            s => (RolloutStore.Watched(s, hub.Time.Now.AddDays(-1)), RolloutStore.Reports(s, stored.State)), TestHub.Token);

        Assert.Equal(NodeStatus.Withdrawn, stored.State.Nodes["n-1"].Status);
        Assert.Equal(["r1"], watched);
        Assert.Equal(NodeStatus.Succeeded, RolloutEngine.Step(stored.State, Assert.Single(reports), hub.Time.Now).State.Nodes["n-1"].Status);
    }
}
