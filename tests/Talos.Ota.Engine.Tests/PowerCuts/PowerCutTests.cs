using Talos.Ota.Bundle;
using Talos.Ota.Slots;

namespace Talos.Ota.Engine.Tests.PowerCuts;

/// <summary>
/// Runs updates on a recorded disk and cuts the power before every operation, many times over with other parts of what was
/// not flushed. After each cut the node has to boot a whole system, old or new, and the next update has to go through.
/// </summary>
[Trait("Category", "Integration")]
public sealed class PowerCutTests(ITestOutputHelper output)
{
    private const int CutsAtEach = 12;

    [Fact]
    public async Task A_cut_at_any_operation_of_an_update_leaves_a_node_that_boots_and_updates() =>
        await CutEverywhereAsync(await RecordUpdateAsync(new ModelNode(ModelNode.Image(Release.V1)), Release.V2), [Release.V1, Release.V2]);

    [Fact]
    public async Task A_cut_at_any_operation_of_the_next_update_too()
    {
        ModelNode first = await RecordUpdateAsync(new ModelNode(ModelNode.Image(Release.V1)), Release.V2);

        await CutEverywhereAsync(await RecordUpdateAsync(new ModelNode(first.Disk), Release.V3), [Release.V2, Release.V3]);
    }

    [Fact]
    public async Task A_cut_at_any_operation_of_an_update_by_delta_too()
    {
        ModelNode node = new(ModelNode.Image(Release.V1));
        await node.PowerOnAsync();
        await node.Engine.InstallAsync(new StreamBundleSource(new MemoryStream(Release.V2.BundleFrom(Release.V1, full: false))), new InstallOptions(), null, CancellationToken.None);
        await node.PowerOnAsync();
        await node.Engine.BlessAsync(CancellationToken.None);

        await CutEverywhereAsync(node, [Release.V1, Release.V2]);
    }

    [Fact]
    public async Task A_cut_at_any_operation_of_a_trial_that_fails_too()
    {
        ModelNode node = new(ModelNode.Image(Release.V1));
        await node.PowerOnAsync();
        await node.InstallAsync(Release.V2);
        Assert.Equal(BootKind.Trial, (await node.PowerOnAsync()).Kind);
        await node.Engine.MarkBadAsync(SlotId.B, "no kubelet", CancellationToken.None);
        BootReport report = await node.PowerOnAsync();

        Assert.Equal((BootKind.FellBack, "no kubelet"), (report.Kind, report.Fallback!.Reason));
        await CutEverywhereAsync(node, [Release.V1, Release.V2]);
    }

    [Fact]
    public async Task A_cut_at_any_operation_of_going_back_too()
    {
        ModelNode node = new((await RecordUpdateAsync(new ModelNode(ModelNode.Image(Release.V1)), Release.V2)).Disk);
        await node.PowerOnAsync();
        await node.Engine.RollBackAsync("wanted", CancellationToken.None);
        await node.PowerOnAsync();

        Assert.Equal(Release.V1, node.Running);
        await CutEverywhereAsync(node, [Release.V1, Release.V2]);
    }

    [Fact]
    public async Task A_cut_while_an_update_is_taken_up_again_after_a_cut_too()
    {
        ModelNode first = await RecordUpdateAsync(new ModelNode(ModelNode.Image(Release.V1)), Release.V2);
        int cuts = 0;
        await Parallel.ForEachAsync(Enumerable.Range(0, 60), async (seed, _) =>
        {
            Random chance = new(seed);
            ModelNode again = new(Medium.AfterCut(first.Start, first.Log, chance.Next(first.Log.Count + 1), chance));
            await RecoverAsync(again, [Release.V1, Release.V2]);
            for (int i = 0; i < 20; i++)
            {
                ModelNode node = new(Medium.AfterCut(again.Start, again.Log, chance.Next(again.Log.Count + 1), chance));
                await RecoverAsync(node, [Release.V1, Release.V2, Release.V3]);
                Interlocked.Increment(ref cuts);
            }
        });

        output.WriteLine($"{cuts} cuts after a cut, 0 bricks");
    }

    private async Task CutEverywhereAsync(ModelNode recorded, Release[] versions)
    {
        int cuts = 0, old = 0;
        await Parallel.ForEachAsync(Enumerable.Range(0, recorded.Log.Count + 1), async (end, _) =>
        {
            for (int i = 0; i < CutsAtEach; i++)
            {
                ModelNode node = new(Medium.AfterCut(recorded.Start, recorded.Log, end, new Random((end * CutsAtEach) + i)));
                bool isOld = await RecoverAsync(node, versions);
                Interlocked.Increment(ref cuts);
                Interlocked.Add(ref old, isOld ? 1 : 0);
            }
        });

        output.WriteLine($"{cuts} cuts at {recorded.Log.Count + 1} places: {old} booted the old version, {cuts - old} the new, 0 bricks; each updated again");
    }

    /// <summary>Boots, and brings a version to the end that is not running.</summary>
    private static async Task<bool> RecoverAsync(ModelNode node, Release[] versions)
    {
        BootReport report = await node.PowerOnAsync();
        Assert.Contains(node.Running, versions);
        bool old = node.Running == versions[0];
        Assert.NotEqual(BootKind.Recovery, report.Kind);
        if (report.Kind is BootKind.Trial)
        {
            await node.Engine.BlessAsync(CancellationToken.None);
        }

        // A trial that is pending is taken back; nothing else is in the way of an update.
        await node.Engine.CancelAsync(CancellationToken.None);
        Release next = node.Running == Release.V2 ? Release.V3 : Release.V2;
        await RecordUpdateAsync(node, next, booted: true);
        return old;
    }

    private static async Task<ModelNode> RecordUpdateAsync(ModelNode node, Release release, bool booted = false)
    {
        if (!booted)
        {
            await node.PowerOnAsync();
        }

        await node.InstallAsync(release);
        BootReport report = await node.PowerOnAsync();
        Assert.Equal((BootKind.Trial, release), (report.Kind, node.Running));
        await node.Engine.ReachedAsync("api", CancellationToken.None);
        await node.Engine.BlessAsync(CancellationToken.None);
        Assert.Equal(UpdateState.Committed, node.Engine.Status.State);
        return node;
    }
}
