using Microsoft.Extensions.Logging.Abstractions;
using Talos.Linux;
using Talos.Machined.Controllers;
using Talos.Machined.Watchdogs;
using Talos.Resources.Config;
using Talos.Resources.Runtime;
using Talos.Testing;

namespace Talos.Machined.Tests;

public sealed class WatchdogControllerTests
{
    private const string Board = "/dev/watchdog0";

    private const string Yaml = """
        apiVersion: v1alpha1
        kind: WatchdogTimerConfig
        device: /dev/watchdog1
        timeout: 30s
        """;

    private readonly Dictionary<string, FakeWatchdog> _devices = new() { [Board] = new FakeWatchdog(), ["/dev/watchdog1"] = new FakeWatchdog() };
    private readonly JumpingTimeProvider _time = new() { Restless = true };
    private readonly LoopPulse _pulse;
    private readonly BoardWatchdog _watchdog;
    private readonly WatchdogController _controller;
    private readonly ControllerFixture _node;

    public WatchdogControllerTests()
    {
        _pulse = new LoopPulse(_time);
        _watchdog = new BoardWatchdog(_devices.GetValueOrDefault, NullLogger<BoardWatchdog>.Instance);
        _controller = new WatchdogController(_watchdog, Board, _pulse, _time, NullLogger<WatchdogController>.Instance);
        _node = new ControllerFixture(_controller);
    }

    [Fact]
    public async Task Without_a_config_the_boards_own_watchdog_is_armed()
    {
        await _node.SettleAsync();

        Assert.Equal(TimeSpan.FromSeconds(60), _devices[Board].Timeout);
        Assert.Equal("60s", _node.Find<WatchdogTimerStatus>(WatchdogTimerStatus.Id)?.Spec.Timeout);
    }

    [Fact]
    public async Task A_driver_that_cannot_wait_that_long_is_asked_for_less()
    {
        _devices[Board].Longest = TimeSpan.FromSeconds(16);

        await _node.SettleAsync();

        Assert.Equal(TimeSpan.FromSeconds(15), _devices[Board].Timeout);
    }

    [Fact]
    public async Task A_device_that_is_not_there_yet_is_looked_for_again()
    {
        FakeWatchdog late = _devices[Board];
        _devices.Remove(Board);
        await _node.SettleAsync();
        Assert.NotNull(_node.RequeueDelay);
        Assert.Null(_node.Find<WatchdogTimerStatus>(WatchdogTimerStatus.Id));

        _devices[Board] = late;
        await _node.SettleAsync();

        Assert.Equal(TimeSpan.FromSeconds(60), late.Timeout);
    }

    [Fact]
    public async Task The_configs_watchdog_takes_the_place_of_the_boards_and_gives_it_back()
    {
        _node.Given(MachineConfig.ActiveId, new MachineConfig { Yaml = Yaml });
        await _node.SettleAsync();
        Assert.Equal(TimeSpan.FromSeconds(30), _devices["/dev/watchdog1"].Timeout);
        Assert.True(_devices[Board].Disarmed);
        Assert.Equal("/dev/watchdog1", _node.Find<WatchdogTimerStatus>(WatchdogTimerStatus.Id)?.Spec.Device);

        _node.Gone<MachineConfig>(MachineConfig.ActiveId);
        await _node.SettleAsync();

        Assert.True(_devices["/dev/watchdog1"].Disarmed);
        Assert.Equal(Board, _node.Find<WatchdogTimerStatus>(WatchdogTimerStatus.Id)?.Spec.Device);
    }

    [Fact]
    public async Task It_is_fed_while_all_parts_answer_and_no_longer_when_one_is_silent()
    {
        TaskCompletionSource hung = new();
        bool hangs = false;
        _pulse.Add("the API", ct => hangs ? hung.Task.WaitAsync(ct) : Task.CompletedTask);
        await _node.SettleAsync();
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        SemaphoreSlim woken = new(0);
        Task feeding = _controller.RunTriggersAsync(() => woken.Release(), stop.Token);
        for (int beat = 1; beat <= 3; beat++)
        {
            await AnsweredAsync(woken);
            Assert.Equal(beat, _devices[Board].Feeds);
            _time.Advance(TimeSpan.FromSeconds(15));
        }

        await AnsweredAsync(woken);
        hangs = true;
        int fed = _devices[Board].Feeds;
        for (int beat = 1; beat <= 6; beat++)
        {
            _time.Advance(TimeSpan.FromSeconds(15));
            await AnsweredAsync(woken, others: false);
        }

        Assert.InRange(_devices[Board].Feeds - fed, 0, 3);
        Assert.False(_devices[Board].Disarmed);
        await stop.CancelAsync();
        await feeding;
    }

    /// <summary>Lets the controller runtime's part, and if wanted all others, answer the question of this beat.</summary>
    private async Task AnsweredAsync(SemaphoreSlim woken, bool others = true)
    {
        await woken.WaitAsync(TestContext.Current.CancellationToken);
        await _node.SettleAsync();
        while (_pulse.Silences.Any(s => (others || s.Part != "the API") && s.Silent is not null))
        {
            await Task.Yield();
        }
    }

    private sealed class FakeWatchdog : IWatchdogDevice
    {
        public TimeSpan Longest { get; set; } = TimeSpan.FromMinutes(30);

        public TimeSpan Timeout { get; private set; }

        public int Feeds { get; private set; }

        public bool Disarmed { get; private set; }

        public TimeSpan SetTimeout(TimeSpan timeout)
        {
            if (timeout > Longest)
            {
                throw new LinuxException(Errno.EINVAL, "WDIOC_SETTIMEOUT", "watchdog");
            }

            Disarmed = false;
            return Timeout = timeout;
        }

        public void Feed() => Feeds++;

        public void Disarm() => Disarmed = true;
    }
}
