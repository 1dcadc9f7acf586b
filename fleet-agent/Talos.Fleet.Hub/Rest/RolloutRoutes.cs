using Talos.Fleet.Api;
using Talos.Fleet.Hub.Orders;
using Talos.Fleet.Hub.Store;
using Talos.Fleet.Protocol;
using Talos.Fleet.Rollouts;

namespace Talos.Fleet.Hub.Rest;

/// <summary>Rollouts and what is held back.</summary>
internal static class RolloutRoutes
{
    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/rollouts", async (int? limit, RolloutService rollouts, CancellationToken ct) =>
            new Page<RolloutView> { Items = await rollouts.ListAsync(Routes.Limit(limit), ct) }).Needs(FleetRole.Viewer);
        api.MapPost("/rollouts", async (RolloutPlan plan, HttpContext http, RolloutService rollouts, CancellationToken ct) =>
        {
            RolloutView made = await rollouts.CreateAsync(plan, http.Caller(), ct);
            return Results.Created($"{Routes.Base}/rollouts/{made.Id}", made);
        }).Needs(FleetRole.Operator).Produces<RolloutView>(StatusCodes.Status201Created);
        api.MapGet("/rollouts/{id}", async (string id, RolloutService rollouts, CancellationToken ct) =>
            await rollouts.FindAsync(id, ct) ?? throw RequestException.NotFound($"rollout {id}")).Needs(FleetRole.Viewer);
        api.MapGet("/rollouts/{id}/nodes", async (string id, string? status, RolloutService rollouts, CancellationToken ct) =>
        {
            List<NodeProgress> nodes = await rollouts.NodesAsync(id, ct) ?? throw RequestException.NotFound($"rollout {id}");
            return new Page<NodeProgress> { Items = [.. nodes.Where(n => status is null || string.Equals(n.Status.ToString(), status, StringComparison.OrdinalIgnoreCase))] };
        }).Needs(FleetRole.Viewer);
        Act(api, "pause", FleetRole.Operator, who => new RolloutEvent.Pause(who));
        Act(api, "resume", FleetRole.Operator, who => new RolloutEvent.Resume(who));
        Act(api, "abort", FleetRole.Operator, who => new RolloutEvent.Abort(who));
        Act(api, "approve", FleetRole.Admin, who => new RolloutEvent.Approve(who));
        api.MapGet("/held-back", async (FleetStore store, CancellationToken ct) => new Page<HeldBackRecord> { Items = await store.ReadAsync(RolloutStore.HeldBack, ct) }).Needs(FleetRole.Viewer);
        api.MapDelete("/held-back/{bundle}/{board}", async (string bundle, string board, HttpContext http, FleetStore store, TimeProvider time, CancellationToken ct) =>
        {
            await store.WriteAsync(
                s =>
                {
                    if (s.Execute("DELETE FROM held_back WHERE bundle=@b AND board=@o", ("@b", bundle), ("@o", board)) == 0)
                    {
                        throw RequestException.NotFound($"held-back {bundle} {board}");
                    }

                    AuditStore.Add(s, time.GetUtcNow(), http.Caller().Name, http.Caller().RoleWord, "held-back.delete", $"{bundle} {board}", "done");
                },
                ct);
            return Results.NoContent();
        }).Needs(FleetRole.Admin);
    }

    private static void Act(RouteGroupBuilder api, string verb, FleetRole role, Func<string, RolloutEvent> happened) => api.MapPost(
        $"/rollouts/{{id}}/{verb}",
        (string id, HttpContext http, RolloutService rollouts, CancellationToken ct) =>
            rollouts.ActAsync(id, happened(http.Caller().Name), $"rollout.{verb}", http.Caller().Name, http.Caller().RoleWord, ct)).Needs(role);
}
