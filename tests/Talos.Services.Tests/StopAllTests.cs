using Microsoft.Extensions.Logging.Abstractions;
using Talos.Resources.Runtime;
using Talos.Services.Logs;
using Talos.Testing;

namespace Talos.Services.Tests;

/// <summary>Specs are added, removed and changed while everything stops: the way down ends all the same, and with nothing alive.</summary>
public sealed class StopAllTests
{
    private static readonly (string Id, string[] DependsOn)[] Node =
        [("agent", ["kubelet"]), ("apid", []), ("cri", []), ("fleet-agent", ["apid"]), ("kubelet", ["cri"]), ("trustd", []), ("udevd", [])];

    private readonly JumpingTimeProvider _time = new() { Restless = true };

    private static ServiceSpec Spec(IEnumerable<string> dependsOn, string revision = "") =>
        new() { Executable = "/bin/true", Cgroup = "", DependsOn = [.. dependsOn], Revision = revision };

    public static TheoryData<string, int> Moments() =>
        new(from change in (string[])["added", "removed", "changed", "added again"] from seed in Enumerable.Range(0, 4) select (change, seed));

    [Theory]
    [MemberData(nameof(Moments))]
    public void A_spec_that_changes_at_any_step_of_the_way_down_neither_fails_it_nor_outlives_it(string change, int seed)
    {
        for (int moment = 0; moment < 40; moment++)
        {
            SeededSchedule schedule = new(seed);
            (ServiceManager services, FakeHost host) = Made();
            schedule.Run(() => UpAsync(services));

            schedule.Run(() => DownAsync(services), step => Act(services, change, step - moment));

            Assert.Equal(0, host.Alive);
            Assert.DoesNotContain(services.List(), s => s.State is ServiceState.Starting or ServiceState.Running or ServiceState.Stopping);
        }
    }

    [Fact]
    public async Task Specs_that_come_and_go_on_other_threads_neither_fail_the_way_down_nor_outlive_it()
    {
        for (int round = 0; round < 150; round++)
        {
            (ServiceManager services, FakeHost host) = Made();
            await UpAsync(services);
            using CancellationTokenSource stop = new();
            Task[] churn = [.. Enumerable.Range(0, 2).Select(i => Task.Run(() => Churn(services, new Random((round * 2) + i), stop.Token)))];

            await DownAsync(services).WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);

            await stop.CancelAsync();
            await Task.WhenAll(churn);
            Assert.Equal(0, host.Alive);
        }
    }

    [Fact]
    public void Once_starts_are_denied_a_restart_is_refused_and_leaves_the_service_running()
    {
        SeededSchedule schedule = new(1);
        (ServiceManager services, FakeHost host) = Made();
        schedule.Run(() => UpAsync(services));

        services.DenyStarts();

        ServiceException refused = Assert.Throws<ServiceException>(() => schedule.Run(() => services.RestartAsync("apid", default)));
        Assert.Equal(ServiceProblem.Refused, refused.Problem);
        Assert.Equal(Node.Length, host.Alive);
    }

    private (ServiceManager Services, FakeHost Host) Made()
    {
        FakeHost host = new();
        return (new ServiceManager(host, new FakeProbe(), new ServiceLogs("/nowhere", _time), new RecordedEvents(), _time, NullLoggerFactory.Instance), host);
    }

    private static async Task UpAsync(ServiceManager services)
    {
        foreach ((string id, string[] dependsOn) in Node)
        {
            services.Apply(id, Spec(dependsOn));
        }

        while (!services.List().All(s => s.IsUp))
        {
            await Task.Yield();
        }
    }

    /// <summary>As the node's own task does it: the API's server last.</summary>
    private static async Task DownAsync(ServiceManager services)
    {
        services.DenyStarts();
        await services.StopWhereAsync((id, _) => id != "apid", default);
        await services.StopWhereAsync((_, _) => true, default);
    }

    /// <summary>What the controller does when the spec changed so many steps ago; negative: it is yet to change.</summary>
    private static void Act(ServiceManager services, string change, int since)
    {
        switch (change)
        {
            case "added" when since == 0:
                services.Apply("late", Spec(["cri"]));
                break;
            case "changed" when since >= 0:
                services.Apply("kubelet", Spec(["cri"], "2"));
                services.Apply("fleet-agent", Spec(["udevd"], "2"));
                break;
            case "removed" when since >= 0:
                services.TryRemove("fleet-agent");
                services.TryRemove("kubelet");
                break;
            case "added again" when since >= 0:
                if (services.TryRemove("fleet-agent"))
                {
                    services.Apply("fleet-agent", Spec(["apid"], "3"));
                }

                break;
        }
    }

    private static void Churn(ServiceManager services, Random random, CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            (string id, string[] dependsOn) = Node[random.Next(Node.Length)];
            switch (random.Next(3))
            {
                case 0:
                    services.TryRemove(id);
                    break;
                case 1:
                    services.Apply(id, Spec(dependsOn, $"{random.Next(4)}"));
                    break;
                default:
                    services.Apply($"new-{random.Next(4)}", Spec(dependsOn));
                    break;
            }
        }
    }
}
