using Talos.Testing;
using Talos.Time.Ntp;
using Talos.Time.Rules;

namespace Talos.Time.Tests;

public sealed class PollMachineTests
{
    private readonly JumpingTimeProvider _time = new() { Restless = true };
    private readonly PollMachine _machine;

    public PollMachineTests() => _machine = new PollMachine(_time);

    [Fact]
    public void A_large_offset_is_stepped_and_a_small_one_slewed()
    {
        Assert.True(Round(5000).Step);
        Assert.False(Round(20).Step);
        Assert.True(_machine.Synced);
    }

    [Fact]
    public void Without_an_answer_it_asks_again_after_2_to_64_seconds() =>
        Assert.Equal([2, 4, 8, 16, 32, 64, 64], Enumerable.Range(0, 7).Select(_ => _machine.Take([new NtpAnswer.Failed("a", "no")]).Next.TotalSeconds));

    [Fact]
    public void A_clock_in_step_is_looked_at_ever_less_often() =>
        Assert.Equal([128, 256, 512, 1024, 1024], Enumerable.Range(0, 5).Select(_ => Round(1).Next.TotalSeconds));

    [Fact]
    public void One_spike_is_measured_again_before_it_is_believed()
    {
        Round(1);
        Round(1);
        Round(1);

        Assert.Null(Round(3000).Adjust);
        Assert.Equal(TimeSpan.FromMilliseconds(1), Round(1).Adjust);
        Assert.Null(Round(3000).Adjust);
        Assert.Null(Round(3000).Adjust);
        Assert.Null(Round(3000).Adjust);
        Assert.True(Round(3000).Step);
    }

    [Theory]
    [InlineData("DENY")]
    [InlineData("RSTR")]
    public void A_server_that_refuses_is_left_alone_for_an_hour_unless_all_do(string code)
    {
        _machine.Take([new NtpAnswer.Kiss("a", code), NtpTests.Measured("b", 1, 1)]);

        Assert.Equal(["b"], _machine.Usable(["a", "b"]));
        Assert.Equal(["a"], _machine.Usable(["a"]));

        _time.Advance(TimeSpan.FromMinutes(59));
        Assert.Equal(["b"], _machine.Usable(["a", "b"]));
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(["a", "b"], _machine.Usable(["a", "b"]));
    }

    [Theory]
    [InlineData("INIT")]
    [InlineData("STEP")]
    [InlineData("ACST")]
    [InlineData("AUTH")]
    [InlineData("CRYP")]
    [InlineData("DROP")]
    [InlineData("NKEY")]
    [InlineData("XFUN")]
    [InlineData("deny")]
    public void A_server_with_any_other_code_stays_asked_with_short_pauses(string code)
    {
        PollDecision[] taken = [.. Enumerable.Range(0, 9).Select(_ => _machine.Take([new NtpAnswer.Kiss("a", code), new NtpAnswer.Failed("b", "dead")]))];

        Assert.Equal([2, 4, 8, 8, 8, 8, 8, 8, 8], taken.Select(t => t.Next.TotalSeconds));
        Assert.Equal(["a", "b"], _machine.Usable(["a", "b"]));
        Assert.True(_machine.Take([NtpTests.Measured("a", 5000, 1), new NtpAnswer.Failed("b", "dead")]).Step);
    }

    [Fact]
    public void A_server_that_says_in_its_answer_that_it_is_not_in_step_is_asked_with_short_pauses_too() =>
        Assert.Equal([2, 4, 8, 8, 8], Enumerable.Range(0, 5).Select(_ => _machine.Take([new NtpAnswer.Failed("a", "no") { NotInStep = true }]).Next.TotalSeconds));

    [Fact]
    public void A_refusal_beside_a_server_that_starts_does_not_lengthen_the_pause() =>
        Assert.Equal(2, _machine.Take([new NtpAnswer.Kiss("a", "DENY"), new NtpAnswer.Kiss("b", "INIT")]).Next.TotalSeconds);

    [Fact]
    public void When_all_servers_refuse_they_are_asked_seldom() =>
        Assert.Equal(64, _machine.Take([new NtpAnswer.Kiss("a", "DENY"), new NtpAnswer.Kiss("b", "RSTR")]).Next.TotalSeconds);

    [Fact]
    public void A_server_that_asks_for_it_is_asked_half_as_often() =>
        Assert.Equal([128, 256], Enumerable.Range(0, 2).Select(_ => _machine.Take([new NtpAnswer.Kiss("a", "RATE")]).Next.TotalSeconds));

    [Theory]
    [InlineData("#1 SMP PREEMPT_DYNAMIC Debian 6.12.48-1 (2027-09-20)", null, 2027)]
    [InlineData("#1 SMP", null, 2026)]
    [InlineData("#1 SMP (nonsense)", 2030, 2030)]
    [InlineData("(9999-01-01)", 2020, 2026)]
    public void The_clock_cannot_be_before_what_is_known(string kernel, int? lastKnown, int year) =>
        Assert.Equal(year, ClockRules.Floor(kernel, lastKnown is { } y ? new DateTimeOffset(y, 1, 1, 0, 0, 0, TimeSpan.Zero) : null).Year);

    [Fact]
    public void At_the_start_the_clock_of_the_board_is_believed_when_it_can_be_right()
    {
        DateTimeOffset floor = ClockRules.Written;

        Assert.Null(ClockRules.Start(floor.AddDays(1), null, floor));
        Assert.Equal(floor, ClockRules.Start(DateTimeOffset.UnixEpoch, null, floor));
        Assert.Equal(floor, ClockRules.Start(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch, floor));
        Assert.Equal(floor.AddDays(9), ClockRules.Start(DateTimeOffset.UnixEpoch, floor.AddDays(9), floor));
    }

    private PollDecision Round(double offset) => _machine.Take([NtpTests.Measured("a", offset, 4)]);
}
