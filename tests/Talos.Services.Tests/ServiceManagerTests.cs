using Microsoft.Extensions.Logging.Abstractions;
using Talos.Resources.Runtime;
using Talos.Services.Controllers;
using Talos.Services.Logs;
using Talos.Testing;

namespace Talos.Services.Tests;

public sealed class ServiceManagerTests
{
    private readonly FakeHost _host = new();
    private readonly FakeProbe _probe = new();
    private readonly ManualTime _time = new();
    private readonly RecordedEvents _events = new();
    private readonly ServiceManager _services;

    public ServiceManagerTests() =>
        _services = new ServiceManager(_host, _probe, new ServiceLogs("/nowhere", _time), _events, _time, NullLoggerFactory.Instance);

    private static ServiceSpec Spec(params string[] dependsOn) => new()
    {
        Executable = "/bin/true",
        Cgroup = "",
        DependsOn = [.. dependsOn],
        HealthCheck = new ServiceHealthCheck { Kind = ServiceHealthKind.UnixSocket, Target = "/run/x.sock" },
    };

    [Fact]
    public async Task A_service_starts_when_what_it_depends_on_is_healthy()
    {
        _probe.Problem = "refused";
        _services.Apply("kubelet", Spec("cri"));
        await UntilAsync("kubelet", s => s.Message == "Waiting for service \"cri\" to be up");

        _services.Apply("cri", Spec());
        await UntilAsync("cri", s => s.State is ServiceState.Running);
        Assert.Equal(ServiceState.Waiting, _services.Find("kubelet")!.State);

        _probe.Problem = null;
        await AdvanceUntilAsync("cri", s => s.IsUp);
        await UntilAsync("kubelet", s => s.IsUp);
    }

    [Fact]
    public async Task Within_its_grace_time_a_service_is_not_told_to_be_unhealthy_and_after_it_is()
    {
        _probe.Problem = "refused";
        _services.Apply("cri", Spec() with { HealthCheck = Spec().HealthCheck with { GraceSeconds = 30 } });

        await AdvanceUntilAsync("cri", s => s.State is ServiceState.Running && _time.GetUtcNow() >= s.Events[^1].Time.AddSeconds(28));
        Assert.DoesNotContain(_events.Of("cri"), e => !e.Health.Unknown || e.Message.Contains("refused", StringComparison.Ordinal));

        await AdvanceUntilAsync("cri", s => s.Health is { Unknown: false, Healthy: false });
        Assert.Equal("refused", _services.Find("cri")!.Health.Message);
    }

    [Fact]
    public async Task A_listener_that_fails_ends_neither_supervision_nor_the_telling_of_others()
    {
        int told = 0;
        _services.Changed += () => throw new ObjectDisposedException("listener");
        _services.Changed += () => Interlocked.Increment(ref told);

        await GivenUpAsync();
        await _services.StopAsync("cri", TestContext.Current.CancellationToken);

        Assert.All(_services.List(), s => Assert.Equal(ServiceState.Finished, s.State));
        Assert.True(told > 0);
    }

    [Fact]
    public async Task Stopping_a_service_stops_its_dependents_first()
    {
        await GivenUpAsync();

        Task stopped = _services.StopAsync("cri", TestContext.Current.CancellationToken);
        await stopped;

        Assert.Equal(["kubelet", "cri"], _host.Terminated);
        Assert.All(_services.List(), s => Assert.Equal(ServiceState.Finished, s.State));
    }

    [Fact]
    public async Task Restarting_a_service_brings_its_dependents_back()
    {
        await GivenUpAsync();

        await _services.RestartAsync("cri", TestContext.Current.CancellationToken);

        await UntilAsync("cri", s => s.IsUp);
        await UntilAsync("kubelet", s => s.IsUp);
        Assert.Equal(4, _host.Launched.Count);
    }

    [Fact]
    public async Task A_new_revision_restarts_and_an_equal_spec_does_not()
    {
        await GivenUpAsync();

        _services.Apply("kubelet", Spec("cri"));
        Assert.Equal(2, _host.Launched.Count);

        _services.Apply("kubelet", Spec("cri") with { Revision = "2" });
        await WaitAsync(() => _host.Launched.Count == 3);
        await UntilAsync("kubelet", s => s.IsUp);
    }

    [Fact]
    public async Task A_killed_service_is_back_within_seconds_and_events_tell()
    {
        await GivenUpAsync();

        _host.Of("cri").Ends("killed by SIGKILL", success: false);
        await UntilAsync("cri", s => s.State is ServiceState.Waiting);
        await AdvanceUntilAsync("cri", s => s.IsUp);

        Assert.Contains(_events.Of("cri"), e => e.State is ServiceState.Waiting && e.Message.Contains("killed by SIGKILL", StringComparison.Ordinal));
        Assert.True(_time.GetUtcNow() - new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero) < TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task A_service_that_does_not_heed_the_request_is_killed()
    {
        _host.Stubborn = true;
        _services.Apply("cri", Spec() with { StopTimeoutSeconds = 10 });
        await UntilAsync("cri", s => s.IsUp);

        Task stopped = _services.StopAsync("cri", TestContext.Current.CancellationToken);
        await WaitAsync(() => _host.Terminated.Contains("cri"));
        Assert.Empty(_host.Killed);
        await AdvanceUntilAsync("cri", s => s.State is ServiceState.Finished);

        await stopped;
        Assert.Contains("cri", _host.Killed);
    }

    [Fact]
    public async Task An_essential_service_can_be_restarted_but_not_stopped()
    {
        _services.Apply("apid", Spec() with { Essential = true });
        await UntilAsync("apid", s => s.IsUp);

        ServiceException e = await Assert.ThrowsAsync<ServiceException>(() => _services.StopAsync("apid", TestContext.Current.CancellationToken));
        Assert.Equal(ServiceProblem.Refused, e.Problem);

        await _services.RestartAsync("apid", TestContext.Current.CancellationToken);
        await UntilAsync("apid", s => s.IsUp);
    }

    [Fact]
    public async Task When_starts_are_denied_stopped_services_stay_down()
    {
        await GivenUpAsync();

        _services.DenyStarts();
        await _services.StopWhereAsync((_, _) => true, TestContext.Current.CancellationToken);
        _services.Apply("cri", Spec() with { Revision = "2" });

        Assert.Throws<ServiceException>(() => _services.Start("cri"));
        Assert.Equal(2, _host.Launched.Count);
    }

    [Fact]
    public void The_own_service_is_listed_and_cannot_be_touched()
    {
        _services.AddOwn("machined");

        Assert.True(_services.Find("machined")!.IsUp);
        Assert.Throws<ServiceException>(() => _services.Start("machined"));
        Assert.Throws<ServiceException>(() => _services.Start("nobody"));
    }

    [Fact]
    public async Task Specs_become_services_and_services_become_statuses()
    {
        ControllerFixture node = new(new ServiceController(_services));
        node.Given("cri", Spec());
        await node.SettleAsync();
        await UntilAsync("cri", s => s.IsUp);

        await node.SettleAsync();
        Assert.Equal(new ServiceStatus { Running = true, Healthy = true }, node.Find<ServiceStatus>("cri")?.Spec);

        node.TearDown<ServiceSpec>("cri");
        await node.SettleAsync();
        await UntilAsync("cri", s => s.State is ServiceState.Finished);
        await node.SettleAsync();

        Assert.False(node.IsHeld<ServiceSpec>("cri"));
        Assert.Null(node.Find<ServiceStatus>("cri"));
        Assert.Null(_services.Find("cri"));
    }

    private async Task GivenUpAsync()
    {
        _services.Apply("cri", Spec());
        _services.Apply("kubelet", Spec("cri"));
        await UntilAsync("kubelet", s => s.IsUp);
    }

    private Task UntilAsync(string id, Func<ServiceInfo, bool> condition) =>
        WaitAsync(() => _services.Find(id) is { } service && condition(service));

    private Task AdvanceUntilAsync(string id, Func<ServiceInfo, bool> condition) => WaitAsync(() =>
    {
        if (_services.Find(id) is { } service && condition(service))
        {
            return true;
        }

        _time.Advance(TimeSpan.FromMilliseconds(100));
        return false;
    });

    private static async Task WaitAsync(Func<bool> condition)
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(20));
        while (!condition())
        {
            limit.Token.ThrowIfCancellationRequested();
            await Task.Delay(1, limit.Token);
        }
    }
}
