using Microsoft.Extensions.Logging.Abstractions;
using Talos.Fleet.Hub.Messaging;
using Talos.Fleet.Hub.Orders;
using Talos.Testing;

namespace Talos.Fleet.Hub.Tests;

/// <summary>Hubs whose wall clock is set by 20 years, either way.</summary>
public sealed class ClockJumpTests : IDisposable
{
    private readonly TestHub _hub = new();
    private readonly JumpingTimeProvider _time = new();

    public static TheoryData<int> Directions => [1, -1];

    public void Dispose() => _hub.Dispose();

    [Fact]
    public async Task A_lease_of_a_dead_hub_whose_clock_was_20_years_ahead_is_taken_over_after_two_leases()
    {
        _time.Jump(JumpingTimeProvider.TwentyYears);
        Assert.True(await Of("dead").TryAsync(TestHub.Token));
        _time.Jump(-JumpingTimeProvider.TwentyYears);
        Leader other = Of("other");

        Assert.False(await other.TryAsync(TestHub.Token));
        _time.Advance(TimeSpan.FromSeconds(19));
        Assert.False(await other.TryAsync(TestHub.Token));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.True(await other.TryAsync(TestHub.Token));
    }

    [Theory]
    [MemberData(nameof(Directions))]
    public async Task A_hub_that_renews_keeps_its_lease_while_its_clock_is_set(int direction)
    {
        Leader leader = Of("leader"), other = Of("other");
        Assert.True(await leader.TryAsync(TestHub.Token));
        _time.Jump(JumpingTimeProvider.TwentyYears * direction);
        Assert.True(await leader.TryAsync(TestHub.Token));
        for (int i = 0; i < 20; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(2.5));
            Assert.True(await leader.TryAsync(TestHub.Token));
            Assert.False(await other.TryAsync(TestHub.Token));
        }
    }

    [Theory]
    [MemberData(nameof(Directions))]
    public void Lines_of_refusals_stay_ten_a_second(int direction)
    {
        CountingLog log = new();
        Refusals refusals = new(_hub.Metrics, _time, log);
        for (int i = 0; i < 30; i++)
        {
            _time.Jump(JumpingTimeProvider.TwentyYears * (i % 2 == 0 ? direction : -direction));
            refusals.Count("t", "k", "p", "x");
        }

        Assert.Equal(10, log.Lines);
        _time.Advance(TimeSpan.FromSeconds(1));
        refusals.Count("t", "k", "p", "x");
        Assert.Equal(11, log.Lines);
    }

    [Theory]
    [MemberData(nameof(Directions))]
    public void No_history_is_dropped_for_a_day_after_the_clock_was_set(int direction)
    {
        Housekeeping housekeeping = new(_hub.Store, _hub.Enrollment, _hub.Options, _time, NullLogger<Housekeeping>.Instance);
        Assert.False(housekeeping.Jumped(_time.GetUtcNow()));
        _time.Advance(TimeSpan.FromHours(1));
        Assert.False(housekeeping.Jumped(_time.GetUtcNow()));

        _time.Jump(JumpingTimeProvider.TwentyYears * direction);
        for (int hour = 0; hour < 24; hour++)
        {
            Assert.True(housekeeping.Jumped(_time.GetUtcNow()));
            _time.Advance(TimeSpan.FromHours(1));
        }

        Assert.False(housekeeping.Jumped(_time.GetUtcNow()));
    }

    private Leader Of(string name) => new(_hub.Store, new HubOptions { Data = _hub.Options.Data, Names = _hub.Options.Names, Name = name }, _time, NullLogger<Leader>.Instance);

    private sealed class CountingLog : Microsoft.Extensions.Logging.ILogger<Refusals>
    {
        public int Lines { get; private set; }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(Microsoft.Extensions.Logging.LogLevel logLevel) => true;

        public void Log<TState>(
            Microsoft.Extensions.Logging.LogLevel logLevel, Microsoft.Extensions.Logging.EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => Lines++;
    }
}
