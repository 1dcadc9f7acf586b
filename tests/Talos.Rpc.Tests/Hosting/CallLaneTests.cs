using Talos.Rpc.Hosting;

namespace Talos.Rpc.Tests.Hosting;

[Trait("Category", "Security")]
public class CallLaneTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task However_many_calls_work_they_have_as_many_threads_as_the_lane_has_places()
    {
        CallLane lane = new(places: 2, open: 1000, heavy: 8);
        int working = 0;
        int most = 0;

        await Task.WhenAll(Enumerable.Range(0, 500).Select(_ => lane.RunAsync(async () =>
        {
            for (int i = 0; i < 4; i++)
            {
                int now = Interlocked.Increment(ref working);
                most = Math.Max(now, most);
                Thread.SpinWait(2000);
                Interlocked.Decrement(ref working);
                await Task.Yield();
            }

            return true;
        })));

        Assert.InRange(most, 1, 2);
    }

    [Fact]
    public async Task Calls_that_wait_hold_no_thread_and_no_place()
    {
        CallLane lane = new(places: 2, open: 1000, heavy: 8);
        TaskCompletionSource go = new(TaskCreationOptions.RunContinuationsAsynchronously);
        List<Task<bool>> waiting = [.. Enumerable.Range(0, 400).Select(_ => lane.RunAsync(async () =>
        {
            await go.Task;
            return true;
        }))];

        Assert.True(await lane.RunAsync(() => Task.FromResult(true)).WaitAsync(TimeSpan.FromSeconds(10), Ct));
        go.SetResult();

        Assert.All(await Task.WhenAll(waiting), Assert.True);
    }

    [Fact]
    public void A_lane_that_is_full_says_so_and_has_room_again_when_a_call_leaves()
    {
        CallLane lane = new(places: 1, open: 3, heavy: 1);

        Assert.Null(lane.Enter(isHeavy: true));
        Assert.Contains("read folders", lane.Enter(isHeavy: true), StringComparison.Ordinal);
        Assert.Null(lane.Enter(isHeavy: false));
        Assert.Null(lane.Enter(isHeavy: false));
        Assert.Contains("3 calls are open", lane.Enter(isHeavy: false), StringComparison.Ordinal);
        lane.Leave(isHeavy: true);

        Assert.Null(lane.Enter(isHeavy: true));
    }
}
