using Talos.Rpc.Connections;
using Talos.Testing;

namespace Talos.Trustd.Tests;

[Trait("Category", "Security")]
public sealed class GuessBudgetTests
{
    private readonly JumpingTimeProvider _time = new() { Restless = true };

    [Fact]
    public void The_budget_of_an_address_refills_with_time_and_is_its_own()
    {
        GuessBudget budget = new(_time, burst: 2, refill: TimeSpan.FromSeconds(1));

        Assert.True(budget.TryTake("10.0.0.7"));
        Assert.True(budget.TryTake("10.0.0.7"));
        Assert.False(budget.TryTake("10.0.0.7"));
        Assert.True(budget.TryTake("10.0.0.8"));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.True(budget.TryTake("10.0.0.7"));
        Assert.False(budget.TryTake("10.0.0.7"));
    }

    [Fact]
    public void A_million_addresses_take_no_more_room_than_a_thousand()
    {
        GuessBudget budget = new(_time, burst: 2, refill: TimeSpan.FromSeconds(1), limit: 100);
        for (int i = 0; i < 10_000; i++)
        {
            Assert.True(budget.TryTake($"peer-{i}"));
        }

        Assert.Equal(100, budget.Count);
    }

    [Theory]
    [InlineData("10.0.0.7", "10.0.0.7")]
    [InlineData("::ffff:10.0.0.7", "10.0.0.7")]
    [InlineData("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64")]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:2::/64")]
    [InlineData("fe80::1%2", "fe80::/64")]
    public void A_host_does_not_multiply_by_its_addresses(string address, string key) =>
        Assert.Equal(key, PeerAddress.Key(new System.Net.IPEndPoint(System.Net.IPAddress.Parse(address), 0)));
}
