using Talos.Fleet.Protocol;

namespace Talos.Fleet.Agent.Tests.Real;

/// <summary>The whole agent while the wall clock is set: nothing that waits may notice.</summary>
public sealed class ClockJumpTests : OrderTest
{
    public static TheoryData<double> Jumps => [-20 * 365.25, -60, -2.0 / 24, 2.0 / 24, 60, 20 * 365.25];

    [Theory]
    [MemberData(nameof(Jumps))]
    public async Task Telemetry_goes_on_in_its_interval(double days)
    {
        WithoutOrder();
        await using RunningAgent agent = await OrderedAsync();
        await StepUntilAsync(() => Count(TopicKind.Telemetry) >= 1, TimeSpan.Zero);
        agent.State.TelemetryInterval = TimeSpan.FromMinutes(1);
        int before = Count(TopicKind.Telemetry);

        Clock.Jump(TimeSpan.FromDays(days));
        DateTimeOffset since = Clock.Manual.GetUtcNow();
        await StepUntilAsync(() => Count(TopicKind.Telemetry) >= before + 5, TimeSpan.FromSeconds(10));

        Assert.InRange(Clock.Manual.GetUtcNow() - since, TimeSpan.FromMinutes(3), TimeSpan.FromHours(1));
    }

    [Theory]
    [MemberData(nameof(Jumps))]
    public async Task An_event_without_an_ack_goes_again_after_its_30_seconds(double days)
    {
        WithoutOrder();
        await using RunningAgent agent = await OrderedAsync();
        agent.Node.Happen("service.failed", "one");
        await StepUntilAsync(() => Count(TopicKind.Events) >= 1, TimeSpan.FromSeconds(1));
        int before = Count(TopicKind.Events);

        Clock.Jump(TimeSpan.FromDays(days));
        DateTimeOffset since = Clock.Manual.GetUtcNow();
        await StepUntilAsync(() => Count(TopicKind.Events) > before, TimeSpan.FromSeconds(1));

        Assert.InRange(Clock.Manual.GetUtcNow() - since, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(5));
    }

    [Theory]
    [InlineData(-20 * 365.25)]
    [InlineData(20)]
    public async Task A_pod_holds_an_order_for_its_limit_and_no_shorter_or_longer(double days)
    {
        await using RunningAgent agent = await OrderedAsync(new PodHold("default-web", TimeSpan.FromHours(6)));
        await StepUntilAsync(() => agent.State.Desired?.Status is DesiredStatus.Vetoed, TimeSpan.FromSeconds(10));

        DateTimeOffset since = Clock.Manual.GetUtcNow();
        Clock.Jump(TimeSpan.FromDays(days));
        await StepUntilAsync(() => agent.Node.Calls.Contains("install v1.1.0"), TimeSpan.FromMinutes(1));

        Assert.InRange(Clock.Manual.GetUtcNow() - since, TimeSpan.FromHours(6) - TimeSpan.FromMinutes(5), TimeSpan.FromHours(8));
    }

    [Theory]
    [InlineData(-20 * 365.25)]
    [InlineData(20)]
    public async Task An_install_that_failed_is_tried_again_after_its_pause(double days)
    {
        WithoutOrder();
        await using RunningAgent agent = await OrderedAsync();
        agent.Node.Failure = "no line";
        await OrderAsync(1);
        await StepUntilAsync(() => agent.State.Desired?.Status is DesiredStatus.Waiting, TimeSpan.FromSeconds(1));
        int before = agent.Node.Calls.Count;

        Clock.Jump(TimeSpan.FromDays(days));
        DateTimeOffset since = Clock.Manual.GetUtcNow();
        await StepUntilAsync(() => agent.Node.Calls.Count > before, TimeSpan.FromSeconds(1));

        Assert.InRange(Clock.Manual.GetUtcNow() - since, TimeSpan.FromSeconds(20), TimeSpan.FromMinutes(10));
    }

    [Theory]
    [InlineData(60)]
    [InlineData(100_000)]
    public async Task A_signal_takes_a_wait_of_any_length(double days)
    {
        using Signal signal = new();
        Task waiting = signal.WaitAsync(TimeSpan.FromDays(days), Clock, Ct);
        signal.Raise();

        await waiting.WaitAsync(TimeSpan.FromSeconds(20), Ct);
    }

    private int Count(TopicKind kind) => Links.Published.Count(p => p.Kind == kind);
}
