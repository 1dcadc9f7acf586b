using Grpc.Core;
using Talos.Fleet.Api;
using Talos.Fleet.Hub.Orders;
using Talos.Fleet.Hub.Rest;
using Talos.Fleet.Protocol;
using Talos.Fleet.Rollouts;

namespace Talos.Fleet.Hub.Grpc;

/// <summary>Rollouts.</summary>
internal sealed class RolloutApi(Access access, RolloutService rollouts) : V1.RolloutService.RolloutServiceBase
{
    public override async Task<V1.Rollout> Create(V1.RolloutPlan request, ServerCallContext context)
    {
        Caller caller = await access.RequireAsync(context, FleetRole.Operator);
        return (await rollouts.CreateAsync(PlanMapping.Read(request), caller, context.CancellationToken)).ToProto();
    }

    public override async Task<V1.ListRolloutsResponse> List(V1.ListRolloutsRequest request, ServerCallContext context)
    {
        await access.RequireAsync(context, FleetRole.Viewer);
        List<RolloutView> all = await rollouts.ListAsync(GrpcSetup.Limit(request.Limit), context.CancellationToken);
        return new V1.ListRolloutsResponse { Rollouts = { all.Select(r => r.ToProto()) } };
    }

    public override async Task<V1.Rollout> Get(V1.RolloutRequest request, ServerCallContext context)
    {
        await access.RequireAsync(context, FleetRole.Viewer);
        return (await rollouts.FindAsync(request.Id, context.CancellationToken))?.ToProto() ?? throw RequestException.NotFound($"rollout {request.Id}");
    }

    public override Task<V1.Rollout> Pause(V1.RolloutRequest request, ServerCallContext context) =>
        ActAsync(request, "pause", FleetRole.Operator, who => new RolloutEvent.Pause(who), context);

    public override Task<V1.Rollout> Resume(V1.RolloutRequest request, ServerCallContext context) =>
        ActAsync(request, "resume", FleetRole.Operator, who => new RolloutEvent.Resume(who), context);

    public override Task<V1.Rollout> Abort(V1.RolloutRequest request, ServerCallContext context) =>
        ActAsync(request, "abort", FleetRole.Operator, who => new RolloutEvent.Abort(who), context);

    public override Task<V1.Rollout> Approve(V1.RolloutRequest request, ServerCallContext context) =>
        ActAsync(request, "approve", FleetRole.Admin, who => new RolloutEvent.Approve(who), context);

    private async Task<V1.Rollout> ActAsync(V1.RolloutRequest request, string verb, FleetRole role, Func<string, RolloutEvent> happened, ServerCallContext context)
    {
        Caller caller = await access.RequireAsync(context, role);
        return (await rollouts.ActAsync(request.Id, happened(caller.Name), $"rollout.{verb}", caller.Name, caller.RoleWord, context.CancellationToken)).ToProto();
    }
}
