using Grpc.Net.Client;
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
