using Google.Protobuf;
using Grpc.Core;
using Talos.Cosi;
using Wire = Talos.Api.Cosi;

namespace Talos.Rpc.Tests.ResourceState;

public sealed class StateWatchTests(StateServerFixture node) : IClassFixture<StateServerFixture>
{
    private const string Owner = "test.Controller";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_watch_says_first_that_it_is_set_up_then_what_is_there_then_what_changes()
    {
        Resource stored = node.State.Create(Resource<Sample>.Create("w1", new Sample { Text = "one" }), Owner);
        using AsyncServerStreamingCall<Wire.WatchResponse> call = Watch(new Wire.WatchRequest
        {
            ApiVersion = 1,
            Options = new Wire.WatchOptions { BootstrapContents = true, IdQuery = new Wire.IDQuery { Regexp = "^w1$" } },
        });

        Assert.Empty((await NextAsync(call)).Event);
        Assert.Equal(Wire.EventType.Created, Assert.Single((await NextAsync(call)).Event).EventType);
        Assert.Equal(Wire.EventType.Bootstrapped, Assert.Single((await NextAsync(call)).Event).EventType);

        node.State.Update(((Resource<Sample>)stored) with { Spec = new Sample { Text = "two" } }, Owner);
        Wire.Event updated = Assert.Single((await NextAsync(call)).Event);
        Assert.Equal(Wire.EventType.Updated, updated.EventType);
        Assert.Equal("text: one\n", updated.Old.Spec.YamlSpec);
        Assert.Equal("text: two\n", updated.Resource.Spec.YamlSpec);

        node.State.Destroy(stored.Address, Owner);
        Assert.Equal(Wire.EventType.Destroyed, Assert.Single((await NextAsync(call)).Event).EventType);
    }

    [Fact]
    public async Task A_watch_of_one_resource_begins_with_its_absence()
    {
        using AsyncServerStreamingCall<Wire.WatchResponse> call = Watch(new Wire.WatchRequest { Id = "w2" });

        await NextAsync(call);
        Wire.Event absent = Assert.Single((await NextAsync(call)).Event);
        Assert.Equal(Wire.EventType.Destroyed, absent.EventType);
        Assert.Equal("undefined", absent.Resource.Metadata.Version);

        node.State.Create(Resource<Sample>.Create("w2", new Sample { Text = "x" }), Owner);
        Assert.Equal(Wire.EventType.Created, Assert.Single((await NextAsync(call)).Event).EventType);
    }

    [Fact]
    public async Task An_old_client_gets_no_events_without_a_resource()
    {
        node.State.Create(Resource<Sample>.Create("w3", new Sample { Text = "x" }), Owner);
        using AsyncServerStreamingCall<Wire.WatchResponse> call = Watch(new Wire.WatchRequest
        {
            Options = new Wire.WatchOptions { BootstrapContents = true, IdQuery = new Wire.IDQuery { Regexp = "^w[34]$" } },
        });

        await NextAsync(call);
        Assert.Equal("w3", Assert.Single((await NextAsync(call)).Event).Resource.Metadata.Id);
        node.State.Create(Resource<Sample>.Create("w4", new Sample { Text = "x" }), Owner);
        Assert.Equal("w4", Assert.Single((await NextAsync(call)).Event).Resource.Metadata.Id);
    }

    [Fact]
    public async Task A_watch_goes_on_after_a_bookmark_and_refuses_one_it_does_not_know()
    {
        using AsyncServerStreamingCall<Wire.WatchResponse> first = Watch(new Wire.WatchRequest
        {
            ApiVersion = 1,
            Options = new Wire.WatchOptions { BootstrapBookmark = true },
        });
        await NextAsync(first);
        ByteString bookmark = Assert.Single((await NextAsync(first)).Event).Bookmark;
        node.State.Create(Resource<Sample>.Create("w5", new Sample { Text = "x" }), Owner);

        using AsyncServerStreamingCall<Wire.WatchResponse> second = Watch(new Wire.WatchRequest
        {
            Options = new Wire.WatchOptions { StartFromBookmark = bookmark, IdQuery = new Wire.IDQuery { Regexp = "^w5$" } },
        });
        await NextAsync(second);
        Assert.Equal("w5", Assert.Single((await NextAsync(second)).Event).Resource.Metadata.Id);

        using AsyncServerStreamingCall<Wire.WatchResponse> wrong = Watch(new Wire.WatchRequest
        {
            Options = new Wire.WatchOptions { StartFromBookmark = ByteString.CopyFrom([0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0]) },
        });
        RpcException refused = await Assert.ThrowsAsync<RpcException>(() => wrong.ResponseStream.MoveNext(Ct));
        Assert.Equal(StatusCode.FailedPrecondition, refused.StatusCode);
    }

    [Fact]
    public async Task An_aggregated_watch_joins_what_is_there_into_one_response()
    {
        foreach (string id in (ReadOnlySpan<string>)["agg1", "agg2", "agg3"])
        {
            node.State.Create(Resource<Sample>.Create(id, new Sample { Text = id }), Owner);
        }

        using AsyncServerStreamingCall<Wire.WatchResponse> call = Watch(new Wire.WatchRequest
        {
            ApiVersion = 1,
            Options = new Wire.WatchOptions { BootstrapContents = true, Aggregated = true, IdQuery = new Wire.IDQuery { Regexp = "^agg" } },
        });

        await NextAsync(call);
        Assert.Equal(["agg1", "agg2", "agg3", null], (await NextAsync(call)).Event.Select(e => e.Resource?.Metadata.Id));
    }

    private AsyncServerStreamingCall<Wire.WatchResponse> Watch(Wire.WatchRequest request)
    {
        request.Namespace = "test";
        request.Type = Sample.Definition.Type;
        return node.Client.Watch(request, StateServerFixture.As("os:reader"), cancellationToken: Ct);
    }

    private static async Task<Wire.WatchResponse> NextAsync(AsyncServerStreamingCall<Wire.WatchResponse> call)
    {
        Assert.True(await call.ResponseStream.MoveNext(Ct));
        return call.ResponseStream.Current;
    }
}
