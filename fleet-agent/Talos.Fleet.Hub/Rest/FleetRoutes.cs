using System.Globalization;
using System.Security.Cryptography;
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
    public static void Map(RouteGroupBuilder api, WebApplication app)
    {
        api.MapPost("/enroll", async (HttpContext http, Enrollment enrollment, CancellationToken ct) => Results.Json(
            await enrollment.EnrollAsync(Routes.Good(FleetMessages.ReadEnrollRequest(await Routes.BodyAsync(http, 64 << 10))), ct), FleetJson.Default.EnrollResponse))
            .ProducesProblems().Accepts<EnrollRequest>("application/json").Produces<EnrollResponse>();
        api.MapPost("/renew", async (HttpContext http, Access access, Enrollment enrollment, CancellationToken ct) => Results.Json(
            await enrollment.RenewAsync(await access.RequireNodeAsync(http), Routes.Good(FleetMessages.ReadRenewRequest(await Routes.BodyAsync(http, 64 << 10))), ct), FleetJson.Default.EnrollResponse))
            .ProducesProblems().Accepts<RenewRequest>("application/json").Produces<EnrollResponse>();
        api.MapGet("/crl", async (Enrollment enrollment, CancellationToken ct) => Results.Bytes(await enrollment.RevocationListAsync(ct), "application/pkix-crl"));
        api.MapGet("/ca", (FleetAuthority authority) => Results.Text(authority.Certificate.ExportCertificatePem() + "\n", "application/x-pem-file"));
        api.MapGet("/tokens", async (FleetStore store, CancellationToken ct) => new Page<TokenRecord> { Items = await store.ReadAsync(Tokens, ct) }).Needs(FleetRole.Admin);
        api.MapPost("/tokens", TokenAsync).Needs(FleetRole.Admin).Produces<TokenRecord>(StatusCodes.Status201Created);
        api.MapDelete("/tokens/{id}", async (string id, HttpContext http, FleetStore store, TimeProvider time, CancellationToken ct) =>
        {
            await store.WriteAsync(
                s =>
                {
                    if (s.Execute("DELETE FROM tokens WHERE id=@id", ("@id", id)) == 0)
                    {
                        throw RequestException.NotFound($"token {id}");
                    }

                    AuditStore.Add(s, time.GetUtcNow(), http.Caller().Name, http.Caller().RoleWord, "token.delete", id, "done");
                },
                ct);
            return Results.NoContent();
        }).Needs(FleetRole.Admin);
        api.MapGet("/audit", async (long? after, int? limit, FleetStore store, CancellationToken ct) =>
        {
            int most = Routes.Limit(limit);
            List<AuditRecord> records = await store.ReadAsync(s => AuditStore.List(s, after ?? long.MaxValue, most), ct);
            return new Page<AuditRecord> { Items = records, Next = records.Count == most ? records[^1].Id.ToString(CultureInfo.InvariantCulture) : null };
        }).Needs(FleetRole.Admin);
        api.MapGet("/stream", StreamAsync).Needs(FleetRole.Viewer).Produces(StatusCodes.Status200OK, contentType: "text/event-stream");
        app.MapGet("/metrics", MetricsAsync).Needs(FleetRole.Viewer).Produces<string>(contentType: "text/plain");
        app.MapGet("/healthz", (IBroker broker) => broker.IsReady ? Results.Text("ok\n") : Results.Text("broker is away\n", statusCode: StatusCodes.Status503ServiceUnavailable));
    }

    private static List<TokenRecord> Tokens(SqlSession s) => s.Query(
        "SELECT id, uses, used, expires, created_by, node, labels FROM tokens ORDER BY expires DESC",
        r => new TokenRecord { Id = r.Text(0), Uses = r.Int(1), Used = r.Int(2), Expires = r.Time(3), CreatedBy = r.Text(4), Node = r.TextOrNull(5), Labels = Labels.Read(r.Text(6)) });

    private static async Task<IResult> TokenAsync(TokenRequest request, HttpContext http, FleetStore store, TimeProvider time, CancellationToken ct)
    {
        string? problem = request.Uses is < 1 or > 100_000 ? $"uses: {request.Uses} is not within 1 and 100000"
            : request.ExpiresSeconds is < 60 or > 365 * 86400 ? $"expiresSeconds: {request.ExpiresSeconds} is not within 60 and {365 * 86400}"
            : request.Node is { } node && !NodeId.IsValid(node) ? $"node: {node} is no node id"
            : request.Labels.Count > 32 ? "labels: more than 32" : null;
        if (problem is not null)
        {
            throw RequestException.Bad(problem);
        }

        string secret = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)).Replace('+', '-').Replace('/', '_').TrimEnd('=');
        DateTimeOffset now = time.GetUtcNow();
        TokenRecord record = new()
        {
            Id = Guid.NewGuid().ToString("n")[..12], Token = secret, Uses = request.Uses, Used = 0, Expires = now.AddSeconds(request.ExpiresSeconds),
            CreatedBy = http.Caller().Name, Node = request.Node, Labels = request.Labels,
        };
        await store.WriteAsync(
            s =>
            {
                s.Execute(
                    "INSERT INTO tokens (id, hash, uses, expires, created_by, node, labels) VALUES (@id, @h, @u, @e, @w, @n, @l)",
                    ("@id", record.Id), ("@h", Enrollment.Hash(secret)), ("@u", record.Uses), ("@e", record.Expires), ("@w", record.CreatedBy), ("@n", record.Node), ("@l", Labels.Write(record.Labels)));
                AuditStore.Add(s, now, http.Caller().Name, http.Caller().RoleWord, "token.create", record.Id, $"{record.Uses} uses, until {record.Expires:O}");
            },
            ct);
        return Results.Created($"{Routes.Base}/tokens", record);
    }

    private static async Task StreamAsync(string? node, string? rollout, HttpContext http, LiveFeed live, CancellationToken ct)
    {
        http.Response.ContentType = "text/event-stream";
        http.Response.Headers.CacheControl = "no-store";
        using LiveFeed.Listener listener = live.Listen(node, rollout);
        await http.Response.WriteAsync(": connected\n\n", ct);
        await http.Response.Body.FlushAsync(ct);
        StringBuilder text = new();
        while (!ct.IsCancellationRequested)
        {
            using CancellationTokenSource idle = CancellationTokenSource.CreateLinkedTokenSource(ct);
            idle.CancelAfter(TimeSpan.FromSeconds(15));
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
        (FleetSummary fleet, long outbox) = await store.ReadAsync(s => (NodeStore.Fleet(s, time.GetUtcNow()), s.Number("SELECT count(*) FROM outbox") ?? 0), ct);
        List<(string, string, string, double)> gauges = [];
        gauges.AddRange(fleet.Presence.Select(p => ("talos_hub_nodes", "Nodes by presence", $"presence=\"{p.Key}\"", (double)p.Value)));
        gauges.AddRange(fleet.Versions.Select(p => ("talos_hub_versions", "Nodes by version", $"version=\"{Escaped(p.Key)}\"", (double)p.Value)));
        gauges.Add(("talos_hub_worn_nodes", "Nodes whose flash is nearly used up", "", fleet.Worn));
        gauges.Add(("talos_hub_not_ready_nodes", "Nodes that are connected and not ready", "", fleet.NotReady));
        gauges.Add(("talos_hub_open_rollouts", "Rollouts that are not over", "", fleet.OpenRollouts));
        gauges.Add(("talos_hub_outbox", "Orders that wait for the broker", "", outbox));
        if (broker.Connections is { } connections)
        {
            gauges.Add(("talos_hub_connections", "Clients of the embedded broker", "", connections));
        }

        return Results.Text(metrics.Text(gauges), "text/plain; version=0.0.4");
    }

    private static string Escaped(string text) => text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
}
