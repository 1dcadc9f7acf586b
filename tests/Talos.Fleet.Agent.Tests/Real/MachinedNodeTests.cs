using Grpc.Net.Client;
using Talos.Fleet.Protocol;
using Talos.Rpc.Hosting;

namespace Talos.Fleet.Agent.Tests.Real;

public sealed class MachinedNodeTests : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("machined-node").FullName;
    private readonly FakeMachined _machined = new();

    [Fact]
    public async Task The_node_reports_the_version_of_its_system_and_not_that_of_the_wire_API()
    {
        CancellationToken ct = TestContext.Current.CancellationToken;
        string socket = Path.Combine(_folder, "machine.sock");
        await _machined.StartAsync(socket, ct);
        using GrpcChannel channel = Channels.Unix(socket);

        NodeFacts facts = await new MachinedNode(channel, TimeProvider.System).FactsAsync(ct);

        Assert.Equal(FakeMachined.SystemVersion, facts.Version);
        Assert.Equal(FakeMachined.SystemVersion, facts.Update!.RunningVersion);
        Assert.Equal("A", facts.Update.Slot);
        Assert.Equal((UpdatePhase.Writing, 66), (facts.Update.Phase, facts.Update.Percent));
        Assert.Equal(new KubernetesReport { Healthy = true, Kubelet = "v1.36.2", Pods = 4, PodsReady = 1, PodsRunning = 2, PodsPending = 1, PodsFailed = 1 }, facts.Kubernetes);
        Assert.Equal([new PodHold("default-web", TimeSpan.FromHours(6))], facts.Holds);
        Assert.Equal((104, 9), (facts.Disks["nvme0n1"].UsedPercent, facts.Disks["nvme0n1"].SparePercent));
    }

    [Fact]
    public async Task The_engine_is_told_which_bundle_is_ordered_and_its_refusal_comes_back()
    {
        CancellationToken ct = TestContext.Current.CancellationToken;
        string socket = Path.Combine(_folder, "machine.sock");
        await _machined.StartAsync(socket, ct);
        using GrpcChannel channel = Channels.Unix(socket);
        UpdateTarget target = new() { Version = "v2", Url = "https://hub/b", BundleId = new string('a', 64) };

        NodeException refused = await Assert.ThrowsAsync<NodeException>(() => new MachinedNode(channel, TimeProvider.System).InstallAsync(target, "pem", ct));

        Assert.Contains("its id is another one", refused.Message, StringComparison.Ordinal);
        Assert.Equal((target.BundleId, target.Url), _machined.Installs.Select(i => (i.BundleId, i.Reference)).Single());
        Assert.False(_machined.Installs.Single().Wipe, "an order of the fleet deleted data");
    }

    [Fact]
    public async Task Following_the_events_ends_like_any_other_wait_when_the_agent_is_asked_to_stop()
    {
        CancellationToken ct = TestContext.Current.CancellationToken;
        string socket = Path.Combine(_folder, "machine.sock");
        await _machined.StartAsync(socket, ct);
        _machined.Fail("kubelet", "it ended");
        using GrpcChannel channel = Channels.Unix(socket);
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(ct);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (NodeHappening happening in new MachinedNode(channel, TimeProvider.System).EventsAsync(null, stop.Token))
            {
                Assert.Equal("service.failed", happening.Kind);
                await stop.CancelAsync();
            }
        });
    }

    public async ValueTask DisposeAsync()
    {
        await _machined.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
