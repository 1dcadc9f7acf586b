using Talos.Fleet.Protocol;
using Talos.Testing;

namespace Talos.Fleet.Agent.Tests.Real;

/// <summary>An order that waits for pods.</summary>
public sealed class HoldTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fleet-hold").FullName;
    private readonly TestFleet _fleet = new();
    private readonly ManualTime _clock = new();
    private readonly FakeLinks _links = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_order_waits_until_the_pod_is_gone()
    {
        await using RunningAgent agent = await OrderedAsync();

        await StepUntilAsync(() => agent.State.Desired?.Status is DesiredStatus.Vetoed, TimeSpan.FromSeconds(10));
        string? reason = agent.State.Desired!.Reason;
        agent.Node.Facts = agent.Node.Facts with { Holds = [] };
        await StepUntilAsync(() => agent.Node.Calls.Contains("install v1.1.0"), TimeSpan.FromSeconds(10));

        Assert.Equal("workload: pod default-web forbids disruption; it is waited for 06:00:00 at most", reason);
    }

    [Fact]
    public async Task An_order_waits_no_longer_than_the_limit()
    {
        await using RunningAgent agent = await OrderedAsync();
        await StepUntilAsync(() => agent.State.Desired?.Status is DesiredStatus.Vetoed, TimeSpan.FromSeconds(10));
        DateTimeOffset since = _clock.GetUtcNow();

        _clock.Advance(TimeSpan.FromHours(5));
        for (int i = 0; i < 20; i++)
        {
            await Task.Delay(5, Ct);
            _clock.Advance(TimeSpan.FromMinutes(1));
        }

        Assert.DoesNotContain("install v1.1.0", agent.Node.Calls);
        await StepUntilAsync(() => agent.Node.Calls.Contains("install v1.1.0"), TimeSpan.FromMinutes(1));
        Assert.InRange(_clock.GetUtcNow() - since, TimeSpan.FromHours(6) - TimeSpan.FromMinutes(5), TimeSpan.FromHours(8));
    }

    public void Dispose()
    {
        _fleet.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task<RunningAgent> OrderedAsync()
    {
        _clock.Advance(DateTimeOffset.UtcNow - _clock.GetUtcNow());
        AgentSettings settings = RunningAgent.Settings(_folder, "node-a");
        _fleet.Enrol(settings.StateFolder, "node-a", 1);
        RunningAgent agent = new() { Time = _clock, Links = _links, Measured = queue => new Telemetry { Time = _clock.GetUtcNow(), Queue = queue } };
        agent.Node.Facts = agent.Node.Facts with { Holds = [new PodHold("default-web", TimeSpan.FromHours(6))] };
        await agent.StartAsync(settings);
        await StepUntilAsync(() => _links.Deliver is not null, TimeSpan.Zero);
        DateTimeOffset now = WireTimeConverter.Rounded(_clock.GetUtcNow());
        DesiredState desired = new()
        {
            Node = "node-a", Revision = 1, Issued = now, NotAfter = now.AddDays(30),
            Update = new UpdateTarget { Version = "v1.1.0", Url = "https://hub/b", BundleId = new string('a', 64) },
        };
        await _links.Deliver!(new LinkMessage("talos/1/node-a/desired", _fleet.Signer().Sign(desired)));
        return agent;
    }

    private async Task StepUntilAsync(Func<bool> condition, TimeSpan step)
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        limit.CancelAfter(TimeSpan.FromSeconds(30));
        while (!condition())
        {
            _clock.Advance(step);
            await Task.Delay(5, limit.Token);
        }
    }
}
