using System.Globalization;
using System.Text;
using Talos.Fleet.Api;
using Talos.Fleet.Hub.Identity;
using Talos.Fleet.Hub.Live;
using Talos.Fleet.Hub.Messaging;
using Talos.Fleet.Hub.Store;
using Talos.Fleet.Protocol;

namespace Talos.Fleet.Hub.Rest;

/// <summary>Enrolment, tokens, audit, live stream, metrics.</summary>
internal static class FleetRoutes
{
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(15);

    public static void Map(RouteGroupBuilder api, WebApplication app)
    {
        api.MapPost("/enroll", async (HttpContext http, Enrollment enrollment, CancellationToken ct) =>
        {
            enrollment.RequireTry(http.Connection.RemoteIpAddress);
            EnrollRequest request = Routes.Good(FleetMessages.ReadEnrollRequest(await Routes.BodyAsync(http, 64 << 10)));
            return Results.Json(await enrollment.EnrollAsync(request, http.Connection.RemoteIpAddress, ct), FleetJson.Default.EnrollResponse);
        }).ProducesProblems().Accepts<EnrollRequest>("application/json").Produces<EnrollResponse>();
        api.MapPost("/renew", async (HttpContext http, Access access, Enrollment enrollment, CancellationToken ct) =>
        {
            // Asked before, so that nobody else has a body read, and after it: whoever is revoked while it comes gets nothing for it.
            await access.RequireNodeAsync(http);
            RenewRequest request = Routes.Good(FleetMessages.ReadRenewRequest(await Routes.BodyAsync(http, 64 << 10)));
            return Results.Json(await enrollment.RenewAsync(await access.RequireNodeAsync(http), request, ct), FleetJson.Default.EnrollResponse);
        }).ProducesProblems().Accepts<RenewRequest>("application/json").Produces<EnrollResponse>();
        api.MapGet("/crl", async (Enrollment enrollment, CancellationToken ct) => Results.Bytes(await enrollment.RevocationListAsync(ct), "application/pkix-crl"));
        api.MapGet("/ca", (FleetAuthority authority) => Results.Text(authority.Certificate.ExportCertificatePem() + "\n", "application/x-pem-file"));
        api.MapGet("/tokens", async (TokenService tokens, CancellationToken ct) => new Page<TokenRecord> { Items = await tokens.ListAsync(ct) }).Needs(FleetRole.Admin);
        api.MapPost("/tokens", async (TokenRequest request, HttpContext http, TokenService tokens, CancellationToken ct) =>
            Results.Created($"{Routes.Base}/tokens", await tokens.CreateAsync(request, http.Caller(), ct))).Needs(FleetRole.Admin).Produces<TokenRecord>(StatusCodes.Status201Created);
        api.MapDelete("/tokens/{id}", async (string id, HttpContext http, TokenService tokens, CancellationToken ct) =>
        {
            await tokens.DeleteAsync(id, http.Caller(), ct);
            return Results.NoContent();
        }).Needs(FleetRole.Admin);
        api.MapGet("/audit", async (long? after, int? limit, FleetStore store, CancellationToken ct) =>
        {
            int most = Routes.Limit(limit);
            List<AuditRecord> records = await store.ReadAsync(s => AuditStore.List(s, after ?? long.MaxValue, most), ct);
            return new Page<AuditRecord> { Items = records, Next = records.Count == most ? records[^1].Id.ToString(CultureInfo.InvariantCulture) : null };
        }).Needs(FleetRole.Admin);
        api.MapGet("/stream", StreamAsync).Needs(FleetRole.Viewer, fromPage: true).Produces(StatusCodes.Status200OK, contentType: "text/event-stream");
        app.MapGet("/metrics", MetricsAsync).Needs(FleetRole.Viewer).Produces<string>(contentType: "text/plain");
        app.MapGet("/healthz", (IBroker broker) => broker.IsReady ? Results.Text("ok\n") : Results.Text("broker is away\n", statusCode: StatusCodes.Status503ServiceUnavailable));
    }

    private static async Task StreamAsync(string? node, string? rollout, HttpContext http, LiveFeed live, Access access, TimeProvider time, CancellationToken ct)
    {
        http.Response.ContentType = "text/event-stream";
        http.Response.Headers.CacheControl = "no-store";
        using LiveFeed.Listener listener = live.Listen(node, rollout);
        await http.Response.WriteAsync(": connected\n\n", ct);
        await http.Response.Body.FlushAsync(ct);
        StringBuilder text = new();
        long asked = time.GetTimestamp();
        while (!ct.IsCancellationRequested)
        {
            if (time.GetElapsedTime(asked) >= Idle)
            {
                if (await access.IsOverAsync(http.Caller(), ct))
                {
                    return;
                }

                asked = time.GetTimestamp();
            }

            using CancellationTokenSource idle = CancellationTokenSource.CreateLinkedTokenSource(ct);
            idle.CancelAfter(Idle);
            try
            {
                await listener.Reader.WaitToReadAsync(idle.Token);
            }
            catch (OperationCanceledException) when (!ct.IsCancellationRequested)
            {
                text.Append(": still here\n\n");
            }

            while (text.Length < 65536 && listener.Reader.TryRead(out LiveMessage? message))
            {
                text.Append($"event: {message.Name}\ndata: {message.Json}\n\n");
            }

            if (listener.TakeMissed() is > 0 and int missed)
            {
                text.Append(CultureInfo.InvariantCulture, $"event: missed\ndata: {missed}\n\n");
            }

            await http.Response.WriteAsync(text.ToString(), ct);
            await http.Response.Body.FlushAsync(ct);
            text.Clear();
        }
    }

    private static async Task<IResult> MetricsAsync(HubMetrics metrics, FleetStore store, IBroker broker, TimeProvider time, CancellationToken ct)
    {
        (FleetSummary fleet, long outbox, long webhooks, long cloned) = await store.ReadAsync(
            s => (NodeStore.Fleet(s, time.GetUtcNow()), s.Number("SELECT count(*) FROM outbox") ?? 0, WebhookStore.Waiting(s), s.Number("SELECT count(*) FROM boots WHERE since IS NOT NULL") ?? 0), ct);
        List<(string, string, string, double)> gauges = [];
        gauges.AddRange(fleet.Presence.Select(p => ("talos_hub_nodes", "Nodes by presence", $"presence=\"{p.Key}\"", (double)p.Value)));
        gauges.AddRange(fleet.Versions.Select(p => ("talos_hub_versions", "Nodes by version", $"version=\"{Escaped(p.Key)}\"", (double)p.Value)));
        gauges.Add(("talos_hub_worn_nodes", "Nodes whose flash is nearly used up", "", fleet.Worn));
        gauges.Add(("talos_hub_not_ready_nodes", "Nodes that are connected and not ready", "", fleet.NotReady));
        gauges.Add(("talos_hub_open_rollouts", "Rollouts that are not over", "", fleet.OpenRollouts));
        gauges.Add(("talos_hub_cloned_nodes", "Nodes whose identity two devices seem to use", "", cloned));
        gauges.Add(("talos_hub_outbox", "Orders that wait for the broker", "", outbox));
        gauges.Add(("talos_hub_webhooks_waiting", "Webhook messages that wait for their listener", "", webhooks));
        if (broker.Connections is { } connections)
        {
            gauges.Add(("talos_hub_connections", "Clients of the embedded broker", "", connections));
        }

        return Results.Text(metrics.Text(gauges), "text/plain; version=0.0.4");
    }

    private static string Escaped(string text) => text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
}
