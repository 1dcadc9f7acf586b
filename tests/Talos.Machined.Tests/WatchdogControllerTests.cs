using Microsoft.Extensions.Logging.Abstractions;
using Talos.Machined.Controllers;
using Talos.Resources.Config;
using Talos.Resources.Runtime;
using Talos.Testing;

namespace Talos.Machined.Tests;

public sealed class WatchdogControllerTests
{
    private const string Yaml = """
        apiVersion: v1alpha1
        kind: WatchdogTimerConfig
        device: /dev/watchdog0
        timeout: 30s
        """;

    private readonly FakeWatchdog _watchdog = new();
    private readonly ManualTime _time = new();
    private readonly WatchdogController _controller;
    private readonly ControllerFixture _node;

    public WatchdogControllerTests()
    {
        _controller = new WatchdogController(path => path == "/dev/watchdog0" ? _watchdog : null, _time, NullLogger<WatchdogController>.Instance);
        _node = new ControllerFixture(_controller);
    }

    [Fact]
    public async Task Without_a_config_no_watchdog_is_armed()
    {
        await _node.SettleAsync();

        Assert.Equal(TimeSpan.Zero, _watchdog.Timeout);
        Assert.Null(_node.Find<WatchdogTimerStatus>(WatchdogTimerStatus.Id));
    }

    [Fact]
    public async Task A_wanted_watchdog_is_armed_fed_and_disarmed_when_no_longer_wanted()
    {
        _node.Given(MachineConfig.ActiveId, new MachineConfig { Yaml = Yaml });
        await _node.SettleAsync();
        Assert.Equal(TimeSpan.FromSeconds(30), _watchdog.Timeout);
        Assert.Equal("30s", _node.Find<WatchdogTimerStatus>(WatchdogTimerStatus.Id)?.Spec.Timeout);

        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        Task feeding = _controller.RunTriggersAsync(() => { }, stop.Token);
        Assert.Equal(1, _watchdog.Feeds);
        await stop.CancelAsync();
        await feeding;

        _node.Gone<MachineConfig>(MachineConfig.ActiveId);
        await _node.SettleAsync();
        Assert.True(_watchdog.Disarmed);
        Assert.Null(_node.Find<WatchdogTimerStatus>(WatchdogTimerStatus.Id));
    }

    private sealed class FakeWatchdog : IWatchdogDevice
    {
        public TimeSpan Timeout { get; private set; }

        public int Feeds { get; private set; }

        public bool Disarmed { get; private set; }

        public void SetTimeout(TimeSpan timeout) => Timeout = timeout;

        public void Feed() => Feeds++;

        public void Disarm() => Disarmed = true;
    }
}
