using Grpc.Core;
using Talos.Fleet.Api;
using Talos.Fleet.Hub.Live;
using Talos.Fleet.Hub.Rest;
using Talos.Fleet.Hub.Store;
using Talos.Fleet.Protocol;

namespace Talos.Fleet.Hub.Grpc;

/// <summary>Nodes and what changes.</summary>
internal sealed class NodeApi(Access access, FleetStore store, LiveFeed live) : V1.NodeService.NodeServiceBase
{
    public override async Task<V1.ListNodesResponse> List(V1.ListNodesRequest request, ServerCallContext context)
    {
        await access.RequireAsync(context, FleetRole.Viewer);
        int most = GrpcSetup.Limit(request.Limit);
        NodeFilter filter = new(
            GrpcMapping.OrNull(request.Board), GrpcMapping.OrNull(request.Version), request.Presence == 0 ? null : GrpcMapping.Read<PresenceStatus>("presence", (int)request.Presence),
            GrpcMapping.OrNull(request.Label), GrpcMapping.OrNull(request.Search));
        List<NodeSummary> nodes = await store.ReadAsync(s => NodeStore.List(s, filter, request.After, most), context.CancellationToken);
        return new V1.ListNodesResponse { Nodes = { nodes.Select(n => n.ToProto()) }, Next = nodes.Count == most ? nodes[^1].Id : "" };
    }

    public override async Task<V1.NodeDetail> Get(V1.GetNodeRequest request, ServerCallContext context)
    {
        await access.RequireAsync(context, FleetRole.Viewer);
        NodeDetail? node = await store.ReadAsync(s => NodeStore.Detail(s, request.Id), context.CancellationToken);
        return node?.ToProto() ?? throw RequestException.NotFound($"node {request.Id}");
    }

    public override async Task Watch(V1.WatchRequest request, IServerStreamWriter<V1.WatchResponse> responseStream, ServerCallContext context)
    {
        Caller caller = await access.RequireAsync(context, FleetRole.Viewer);
        using LiveFeed.Listener listener = live.Listen(GrpcMapping.OrNull(request.Node), GrpcMapping.OrNull(request.Rollout));
        using CancellationTokenSource ends = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken);
        await context.WriteResponseHeadersAsync([]);
        Task over = access.EndAsync(caller, ends.Token);
        Task told = TellAsync(listener, responseStream, ends.Token);
        bool ended = await Task.WhenAny(over, told) == over && over.IsCompletedSuccessfully;
        await ends.CancelAsync();
        try
        {
            await told;
        }
        catch (OperationCanceledException) when (ended)
        {
            throw new RequestException(StatusCodes.Status401Unauthorized, "what let you in is over: the certificate, the token or the session; call again with a new one");
        }
    }

    private static async Task TellAsync(LiveFeed.Listener listener, IServerStreamWriter<V1.WatchResponse> responseStream, CancellationToken ct)
    {
        await foreach (LiveMessage message in listener.Reader.ReadAllAsync(ct))
        {
            if (listener.TakeMissed() is > 0 and int missed)
            {
                await responseStream.WriteAsync(new V1.WatchResponse { Missed = missed }, ct);
            }

            if (Change(message.Value) is { } change)
            {
                await responseStream.WriteAsync(change, ct);
            }
        }
    }

    private static V1.WatchResponse? Change(object value) => value switch
    {
        NodeSummary node => new V1.WatchResponse { Node = node.ToProto() },
        EventRecord e => new V1.WatchResponse { Event = e.ToProto() },
        TelemetryRecord telemetry => new V1.WatchResponse { Telemetry = telemetry.ToProto() },
        RolloutView rollout => new V1.WatchResponse { Rollout = rollout.ToProto() },
        CommandRecord command => new V1.WatchResponse { Command = command.ToProto() },
        _ => null,
    };
}
