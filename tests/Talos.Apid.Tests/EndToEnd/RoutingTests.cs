using Google.Protobuf;
using Grpc.Core;
using Talos.Api.Common;
using Talos.Api.Machine;
using Talos.Pki;
using Empty = Google.Protobuf.WellKnownTypes.Empty;

namespace Talos.Apid.Tests.EndToEnd;

public class RoutingTests(ClusterFixture cluster) : IClassFixture<ClusterFixture>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_call_for_another_node_goes_there_with_the_callers_role()
    {
        HostnameResponse answer = await cluster.Client(cluster.First, Role.Operator)
            .HostnameAsync(new Empty(), Node(cluster.Second.Address), cancellationToken: Ct);

        Assert.Equal("127.0.0.3 os:operator", answer.Messages[0].Hostname_);
    }

    [Fact]
    public async Task A_call_for_several_nodes_is_answered_by_each_under_its_name()
    {
        HostnameResponse answer = await cluster.Client(cluster.First, Role.Reader)
            .HostnameAsync(new Empty(), Nodes("127.0.0.2", "127.0.0.3", "127.0.0.4"), cancellationToken: Ct);

        Assert.Equal(["127.0.0.2", "127.0.0.3", "127.0.0.4"], answer.Messages.Select(m => m.Metadata.Hostname));
        Assert.Equal(["127.0.0.2 os:reader", "127.0.0.3 os:reader", "127.0.0.4 os:reader"], answer.Messages.Select(m => m.Hostname_));
    }

    [Fact]
    public async Task A_node_that_fails_is_an_answer_among_the_others()
    {
        MemoryResponse answer = await cluster.Client(cluster.First, Role.Reader)
            .MemoryAsync(new Empty(), Nodes("127.0.0.3", "127.0.0.99"), cancellationToken: Ct);

        Assert.Equal(["127.0.0.3", "127.0.0.99"], answer.Messages.Select(m => m.Metadata.Hostname));
        Assert.Equal((int)StatusCode.NotFound, answer.Messages[0].Metadata.Status.Code);
        Assert.Equal("keine Größe\nin /proc", answer.Messages[0].Metadata.Status.Message);
        Assert.Equal((int)StatusCode.Unavailable, answer.Messages[1].Metadata.Status.Code);
    }

    [Fact]
    public async Task Streams_of_several_nodes_are_woven_together_each_message_under_its_name()
    {
        using AsyncServerStreamingCall<Data> call = cluster.Client(cluster.First, Role.Reader)
            .Dmesg(new DmesgRequest(), Nodes("127.0.0.2", "127.0.0.3"), cancellationToken: Ct);

        List<string> lines = await call.ResponseStream.ReadAllAsync(Ct).Select(d => $"{d.Metadata.Hostname} {d.Bytes.ToStringUtf8()}").ToListAsync(Ct);

        Assert.Equal(["127.0.0.2 one", "127.0.0.2 two", "127.0.0.3 one", "127.0.0.3 two"], lines.Order());
    }

    [Fact]
    public async Task An_error_passes_through_with_its_words()
    {
        RpcException refused = await Assert.ThrowsAsync<RpcException>(async () =>
            await cluster.Client(cluster.First, Role.Reader).MemoryAsync(new Empty(), Node("127.0.0.3"), cancellationToken: Ct));

        Assert.Equal(new Status(StatusCode.NotFound, "keine Größe\nin /proc"), new Status(refused.StatusCode, refused.Status.Detail));
    }

    [Fact]
    public async Task A_worker_forwards_nothing()
    {
        MachineService.MachineServiceClient client = cluster.Client(cluster.Worker, Role.Admin);

        RpcException refused = await Assert.ThrowsAsync<RpcException>(async () =>
            await client.HostnameAsync(new Empty(), Node("127.0.0.2"), cancellationToken: Ct));
        HostnameResponse own = await client.HostnameAsync(new Empty(), Node("127.0.0.4"), cancellationToken: Ct);

        Assert.Equal(new Status(StatusCode.PermissionDenied, "no request forwarding"), new Status(refused.StatusCode, refused.Status.Detail));
        Assert.Equal("127.0.0.4 os:admin", own.Messages[0].Hostname_);
    }

    [Fact]
    public async Task A_node_that_is_away_is_unavailable()
    {
        RpcException refused = await Assert.ThrowsAsync<RpcException>(async () =>
            await cluster.Client(cluster.First, Role.Admin).HostnameAsync(new Empty(), Node("127.0.0.98"), cancellationToken: Ct));

        Assert.Equal(StatusCode.Unavailable, refused.StatusCode);
    }

    [Fact]
    public async Task Cancelling_a_stream_reaches_the_node_at_the_far_end()
    {
        using CancellationTokenSource leaving = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        using AsyncServerStreamingCall<Event> call = cluster.Client(cluster.First, Role.Reader)
            .Events(new EventsRequest(), Node("127.0.0.3"), cancellationToken: leaving.Token);
        Assert.True(await call.ResponseStream.MoveNext(Ct));

        await leaving.CancelAsync();

        await cluster.Second.Machine.EventsCancelled.Task.WaitAsync(TimeSpan.FromSeconds(10), Ct);
    }

    [Fact]
    public async Task A_deadline_ends_a_call_that_hangs()
    {
        RpcException ended = await Assert.ThrowsAsync<RpcException>(async () => await cluster.Client(cluster.First, Role.Reader)
            .LoadAvgAsync(new Empty(), Node("127.0.0.3"), TimeProvider.System.GetUtcNow().UtcDateTime.AddMilliseconds(200), Ct));

        Assert.Equal(StatusCode.DeadlineExceeded, ended.StatusCode);
    }

    [Fact]
    public async Task A_client_streams_through_two_nodes()
    {
        using AsyncClientStreamingCall<Data, EtcdRecoverResponse> call =
            cluster.Client(cluster.First, Role.Admin).EtcdRecover(Node("127.0.0.3"), cancellationToken: Ct);
        for (int i = 0; i < 4; i++)
        {
            await call.RequestStream.WriteAsync(new Data { Bytes = ByteString.CopyFrom(new byte[300_000]) }, Ct);
        }

        await call.RequestStream.CompleteAsync();

        Assert.Equal("1200000", (await call).Messages[0].Metadata.Hostname);
    }

    [Fact]
    public async Task A_long_answer_comes_through_whole()
    {
        using AsyncServerStreamingCall<Data> call =
            cluster.Client(cluster.First, Role.Admin).Read(new ReadRequest { Path = "/x" }, Node("127.0.0.3"), cancellationToken: Ct);

        Assert.Equal(8 << 20, (await call.ResponseStream.ReadAllAsync(Ct).ToListAsync(Ct)).Sum(d => d.Bytes.Length));
    }

    private static Grpc.Core.Metadata Node(string node) => new() { { "node", node } };

    private static Grpc.Core.Metadata Nodes(params string[] nodes)
    {
        Grpc.Core.Metadata metadata = [];
        foreach (string node in nodes)
        {
            metadata.Add("nodes", node);
        }

        return metadata;
    }
}
