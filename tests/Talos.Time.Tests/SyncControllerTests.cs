using Microsoft.Extensions.Logging.Abstractions;
using Talos.Resources.Config;
using Talos.Resources.Network;
using Talos.Resources.Time;
using Talos.Testing;
using Talos.Time.Controllers;
using Talos.Time.Ntp;
using Talos.Time.Ports;

namespace Talos.Time.Tests;

public sealed class SyncControllerTests
{
    private readonly JumpingTimeProvider _time = new() { Restless = true };
    private readonly FakeClock _clock = new();
    private readonly FakeServers _ntp = new();
    private readonly SyncController _controller;
    private readonly ControllerFixture _node;

    public SyncControllerTests()
    {
        _controller = new SyncController(
            _clock, _ntp, new StartClock(_clock, NullLogger<StartClock>.Instance), _time, NullLogger<SyncController>.Instance);
        _node = new ControllerFixture(_controller, _time);
        _node.Given(TimeServerStatus.Id, new TimeServerStatus { TimeServers = ["a"] });
        _node.Given(NetworkStatus.Id, new NetworkStatus { ConnectivityReady = true });
    }

    [Fact]
    public async Task A_clock_that_is_wrong_is_stepped_kept_and_reported()
    {
        _ntp.Answer = NtpTests.Measured("a", 5000, 4);

        await RunUntilAsync(() => _clock.Steps.Count > 0);

        Assert.Equal(TimeSpan.FromSeconds(5), _clock.Steps[0] - FakeClock.Start);
        Assert.Equal(_clock.Steps[0], _clock.Hardware);
        Assert.Equal(_clock.Steps[0], _clock.LastKnown);
        Assert.Equal(new TimeStatus { Synced = true, Epoch = 1 }, _node.Find<TimeStatus>("node")?.Spec);
        Assert.Equal("5000.000ms", _node.Find<AdjtimeStatus>("node")?.Spec.Offset);
    }

    [Fact]
    public async Task A_clock_that_is_nearly_right_is_slewed()
    {
        _ntp.Answer = NtpTests.Measured("a", 20, 4);

        await RunUntilAsync(() => _clock.Slews.Count > 0);

        Assert.Empty(_clock.Steps);
        Assert.Equal(new TimeStatus { Synced = true }, _node.Find<TimeStatus>("node")?.Spec);
    }

    [Fact]
    public async Task A_board_without_a_clock_starts_no_earlier_than_the_time_it_kept()
    {
        _clock.Now = DateTimeOffset.UnixEpoch;
        _clock.LastKnown = FakeClock.Start.AddDays(3);
        _ntp.Answer = new NtpAnswer.Failed("a", "no answer");

        await RunUntilAsync(() => _clock.Steps.Count > 0);

        Assert.Equal([FakeClock.Start.AddDays(3)], _clock.Steps);
        Assert.Equal(new TimeStatus { Epoch = 1 }, _node.Find<TimeStatus>("node")?.Spec);
    }

    [Fact]
    public async Task Time_sync_that_is_switched_off_keeps_nobody_waiting()
    {
        _node.Given(MachineConfig.ActiveId, new MachineConfig { Yaml = "apiVersion: v1alpha1\nkind: TimeSyncConfig\nenabled: false\n" });

        await _node.SettleAsync();

        Assert.Equal(new TimeStatus { Synced = true, SyncDisabled = true }, _node.Find<TimeStatus>("node")?.Spec);
    }

    [Fact]
    public async Task After_the_boot_timeout_nobody_waits_for_servers_that_do_not_answer()
    {
        _node.Given(MachineConfig.ActiveId, new MachineConfig { Yaml = "apiVersion: v1alpha1\nkind: TimeSyncConfig\nbootTimeout: 2m0s\n" });

        await _node.SettleAsync();
        Assert.False(_node.Find<TimeStatus>("node")?.Spec.Synced);
        Assert.Equal(TimeSpan.FromMinutes(2), _node.RequeueDelay);

        _time.Advance(TimeSpan.FromMinutes(2));
        await _node.SettleAsync();
        Assert.True(_node.Find<TimeStatus>("node")?.Spec.Synced);
    }

    /// <summary>Runs the controller's own work until something is done, then reconciles.</summary>
    private async Task RunUntilAsync(Func<bool> done)
    {
        await _node.SettleAsync();
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        TaskCompletionSource reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Task running = _controller.RunTriggersAsync(
            () =>
            {
                if (done())
                {
                    reached.TrySetResult();
                }
            },
            stop.Token);

        await reached.Task.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        await stop.CancelAsync();
        await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _node.SettleAsync();
    }

    private sealed class FakeServers : INtpServers
    {
        public NtpAnswer Answer { get; set; } = new NtpAnswer.Failed("a", "not told");

        public Task<NtpAnswer> AskAsync(string server, CancellationToken ct) => Task.FromResult(Answer);
    }

    private sealed class FakeClock : IClock
    {
        public static readonly DateTimeOffset Start = new(2026, 12, 1, 0, 0, 0, TimeSpan.Zero);

        public DateTimeOffset Now { get; set; } = Start;

        public List<DateTimeOffset> Steps { get; } = [];

        public List<TimeSpan> Slews { get; } = [];

        public DateTimeOffset? Hardware { get; private set; }

        public DateTimeOffset? LastKnown { get; set; }

        public string KernelVersion => "#1 SMP";

        public void Step(DateTimeOffset time)
        {
            Now = time;
            Steps.Add(time);
        }

        public void Slew(TimeSpan offset, TimeSpan error) => Slews.Add(offset);

        public DateTimeOffset? ReadHardware() => null;

        public void WriteHardware(DateTimeOffset time) => Hardware = time;

        public DateTimeOffset? ReadLastKnown() => LastKnown;

        public void KeepLastKnown(DateTimeOffset time) => LastKnown = time;
    }
}
