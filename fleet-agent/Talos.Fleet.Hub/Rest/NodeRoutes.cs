using System.Globalization;
using Talos.Fleet.Api;
using Talos.Fleet.Hub.Identity;
using Talos.Fleet.Hub.Orders;
using Talos.Fleet.Hub.Store;
using Talos.Fleet.Protocol;

namespace Talos.Fleet.Hub.Rest;

/// <summary>Nodes: what they are, said and are told.</summary>
internal static class NodeRoutes
{
    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/summary", (FleetStore store, TimeProvider time, CancellationToken ct) => store.ReadAsync(s => NodeStore.Fleet(s, time.GetUtcNow()), ct)).Needs(FleetRole.Viewer);
        api.MapGet("/nodes", ListAsync).Needs(FleetRole.Viewer);
        api.MapGet("/nodes/{id}", async (string id, FleetStore store, CancellationToken ct) =>
            await store.ReadAsync(s => NodeStore.Detail(s, id), ct) ?? throw RequestException.NotFound($"node {id}")).Needs(FleetRole.Viewer);
        api.MapPut("/nodes/{id}/labels", LabelsAsync).Needs(FleetRole.Operator);
        api.MapPut("/nodes/{id}/settings", SettingsAsync).Needs(FleetRole.Operator);
        api.MapPost("/nodes/{id}/revoke", (string id, bool? keepTokens, HttpContext http, Enrollment enrollment, CancellationToken ct) =>
            RevokeAsync(id, false, keepTokens, http, enrollment, ct)).Needs(FleetRole.Admin);
        api.MapDelete("/nodes/{id}", (string id, bool? keepTokens, HttpContext http, Enrollment enrollment, CancellationToken ct) =>
            RevokeAsync(id, true, keepTokens, http, enrollment, ct)).Needs(FleetRole.Admin);
        api.MapGet("/nodes/{id}/events", (string id, long? after, int? limit, FleetStore store, CancellationToken ct) => EventsAsync(id, after, limit, store, ct)).Needs(FleetRole.Viewer);
        api.MapGet("/events", (long? after, int? limit, FleetStore store, CancellationToken ct) => EventsAsync(null, after, limit, store, ct)).Needs(FleetRole.Viewer);
        api.MapGet("/nodes/{id}/telemetry", async (string id, DateTimeOffset? from, int? limit, FleetStore store, CancellationToken ct) => new Page<TelemetryRecord>
        {
            Items = await store.ReadAsync(s => NodeStore.Telemetry(s, id, from ?? DateTimeOffset.UnixEpoch, Routes.Limit(limit)), ct),
        }).Needs(FleetRole.Viewer);
        api.MapGet("/nodes/{id}/commands", async (string id, int? limit, CommandService commands, CancellationToken ct) =>
            new Page<CommandRecord> { Items = await commands.ListAsync(id, Routes.Limit(limit), ct) }).Needs(FleetRole.Viewer);
        api.MapGet("/nodes/{id}/commands/{command}", (string id, string command, CommandService commands, CancellationToken ct) => commands.FindAsync(id, command, ct)).Needs(FleetRole.Viewer);
        api.MapPost("/nodes/{id}/commands", async (string id, CommandRequest request, HttpContext http, CommandService commands, CancellationToken ct) =>
            Results.Created($"{Routes.Base}/nodes/{id}/commands", await commands.GiveAsync(id, request, http.Caller(), ct))).Needs(FleetRole.Operator).Produces<CommandRecord>(StatusCodes.Status201Created);
    }

    private static async Task<Page<NodeSummary>> ListAsync(
        string? after, int? limit, string? board, string? version, string? presence, string? label, string? search, FleetStore store, CancellationToken ct)
    {
        int most = Routes.Limit(limit);
        List<NodeSummary> nodes = await store.ReadAsync(s => NodeStore.List(s, new NodeFilter(board, version, NodeStore.ReadPresence(presence), label, search), after ?? "", most), ct);
        return new Page<NodeSummary> { Items = nodes, Next = nodes.Count == most ? nodes[^1].Id : null };
    }

    private static async Task<Page<EventRecord>> EventsAsync(string? node, long? after, int? limit, FleetStore store, CancellationToken ct)
    {
        int most = Routes.Limit(limit);
        List<EventRecord> events = await store.ReadAsync(s => NodeStore.Events(s, node, after, most), ct);
        return new Page<EventRecord> { Items = events, Next = events.Count > 0 ? events[^1].Id.ToString(CultureInfo.InvariantCulture) : null };
    }

    private static async Task<IResult> LabelsAsync(string id, LabelsRequest request, HttpContext http, FleetStore store, TimeProvider time, CancellationToken ct)
    {
        if (request.Labels.Count > 32 || request.Labels.Any(l => l.Key.Length is 0 or > 63 || l.Value is null || l.Value.Length > 63))
        {
            throw RequestException.Bad("labels: up to 32, keys of 1 to 63 and values of up to 63 characters");
        }

        await ChangeAsync(id, "node.labels", string.Join(',', request.Labels.Select(l => $"{l.Key}={l.Value}")), http, store, time,
            s => s.Execute("UPDATE nodes SET hub_labels=@l WHERE id=@id", ("@l", Labels.Write(request.Labels)), ("@id", id)) > 0, ct);
        return Results.NoContent();
    }

    private static async Task<IResult> SettingsAsync(string id, SettingsRequest request, HttpContext http, FleetStore store, OrderStore orders, OutboxSender outbox, TimeProvider time, CancellationToken ct)
    {
        await ChangeAsync(id, "node.settings", $"telemetry {request.TelemetryIntervalSeconds} s, log {request.LogLevel}", http, store, time, s =>
        {
            try
            {
                return orders.Desire(s, id, time.GetUtcNow(), d => d with { TelemetryIntervalSeconds = request.TelemetryIntervalSeconds, LogLevel = request.LogLevel }) is not null;
            }
            catch (ArgumentException e)
            {
                throw RequestException.Bad(e.Message);
            }
        }, ct);
        outbox.Wake();
        return Results.NoContent();
    }

    private static async Task<IResult> RevokeAsync(string id, bool forget, bool? keepTokens, HttpContext http, Enrollment enrollment, CancellationToken ct)
    {
        await enrollment.RevokeAsync(id, forget, keepTokens ?? false, http.Caller(), ct);
        return Results.NoContent();
    }

    private static Task ChangeAsync(string id, string action, string text, HttpContext http, FleetStore store, TimeProvider time, Func<SqlSession, bool> change, CancellationToken ct) => store.WriteAsync(
        s =>
        {
            if (!change(s))
            {
                throw RequestException.NotFound($"node {id}");
            }

            AuditStore.Add(s, time.GetUtcNow(), http.Caller().Name, http.Caller().RoleWord, action, id, text);
        },
        ct);
}
