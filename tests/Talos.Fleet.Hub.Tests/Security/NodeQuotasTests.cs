using Talos.Fleet.Hub.Messaging;
using Clock = Talos.Testing.ManualTime;

namespace Talos.Fleet.Hub.Tests.Security;

[Trait("Category", "Security")]
public sealed class NodeQuotasTests
{
    private readonly Clock _time = new();

    [Fact]
    public void A_node_below_its_quota_never_waits()
    {
        NodeQuotas quotas = new(new MinuteQuota(60, 60_000, 10), _time);

        for (int second = 0; second < 600; second++)
        {
            Assert.Equal(TimeSpan.Zero, quotas.Message("n-1", 1000, out _));
            _time.Advance(TimeSpan.FromSeconds(1));
        }
    }

    [Theory]
    [InlineData(60, 1_000_000, 100)]
    [InlineData(1_000_000, 6_000, 100)]
    public void A_node_that_sends_as_fast_as_it_can_comes_to_its_quota_and_all_of_it_arrives(int messages, long bytes, int size)
    {
        NodeQuotas quotas = new(new MinuteQuota(messages, bytes, 10), _time);
        DateTimeOffset begin = _time.GetUtcNow();
        int sent = 0, lines = 0;

        while (_time.GetUtcNow() - begin < TimeSpan.FromMinutes(10))
        {
            _time.Advance(quotas.Message("flood", size, out bool tell));
            lines += tell ? 1 : 0;
            sent++;
        }

        // A minute's worth at once, and then ten times what a minute gives.
        Assert.InRange(sent, 600, 670);
        Assert.InRange(lines, 1, 10);
    }

    [Fact]
    public void The_flood_of_one_node_slows_down_no_other()
    {
        NodeQuotas quotas = new(new MinuteQuota(60, 60_000, 10), _time);

        for (int i = 0; i < 10_000; i++)
        {
            quotas.Message("flood", 60_000, out _);
        }

        Assert.Equal(TimeSpan.Zero, quotas.Message("n-1", 60_000, out _));
        Assert.InRange(quotas.Message("flood", 1, out _), TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(30));
    }

    [Fact]
    public void Where_nothing_can_wait_what_exceeds_is_dropped_and_the_next_minute_is_free_again()
    {
        NodeQuotas quotas = new(new MinuteQuota(60, 60_000, 10), _time);

        int passed = Enumerable.Range(0, 1000).Count(_ => quotas.MayPass("n-1", 10, out bool _));
        _time.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal(60, passed);
        Assert.Equal(60, Enumerable.Range(0, 1000).Count(_ => quotas.MayPass("n-1", 10, out bool _)));
        Assert.Equal(10, Enumerable.Range(0, 1000).Count(_ => quotas.MayConnect("n-1")));
    }

    [Fact]
    public async Task A_client_has_one_Will_that_waits_its_last_one_however_many_it_sends()
    {
        List<string> due = [];
        PendingWills wills = new(TimeSpan.FromSeconds(120), _time, (client, payload) =>
        {
            due.Add($"{client} {payload[0]}");
            return Task.CompletedTask;
        });

        for (int i = 0; i < 10_000; i++)
        {
            wills.Set("n-1", [(byte)i], TestHub.Token);
        }

        wills.Set("n-2", [7], TestHub.Token);
        Assert.Equal(2, wills.Count);
        Assert.Equal(2, _time.Pending);
        _time.Advance(TimeSpan.FromSeconds(60));
        wills.Set("n-2", [8], TestHub.Token);
        _time.Advance(TimeSpan.FromSeconds(61));
        await RunningHub.UntilAsync(() => Task.FromResult(due.Count == 1));
        Assert.Equal(["n-1 15"], due);
        await RunningHub.UntilAsync(() => Task.FromResult(_time.Pending == 1));
        _time.Advance(TimeSpan.FromSeconds(60));
        await RunningHub.UntilAsync(() => Task.FromResult(due.Count == 2));
        Assert.Equal(["n-1 15", "n-2 8"], due);
    }
}
