using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using Grpc.Net.Client;
using Talos.Fleet.Api;
using Talos.Fleet.Hub.Store;
using Talos.Fleet.Protocol;
using Talos.Fleet.Rollouts;

namespace Talos.Fleet.Hub.Tests.Security;

/// <summary>Every route that changes something, found by walking over all of them: who did it is kept with it, or it is not done.</summary>
[Trait("Category", "Security")]
[Trait("Category", "Integration")]
public sealed class AuditTests : IAsyncLifetime
{
    /// <summary>Everything that lasts but the log itself.</summary>
    private static readonly string[] Tables = ["nodes", "tokens", "certificates", "commands", "rollouts", "rollout_nodes", "held_back", "bundles", "outbox", "ended_sessions"];

    private RunningHub _hub = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _hub = await RunningHub.StartAsync();

    public ValueTask DisposeAsync() => _hub.DisposeAsync();

    [Fact]
    public async Task Whatever_a_route_does_is_in_the_log_with_the_callers_name_and_role_and_nothing_is_done_when_it_cannot_be()
    {
        List<(string Method, string Path)> writes = [.. SameSiteTests.Writes(_hub).Where(w => w.Path.StartsWith("/api/", StringComparison.Ordinal))];
        List<string> missing = [], open = [];
        foreach ((string method, string path) in writes)
        {
            await PrepareAsync(path);
            if (Request(method, path) is not { } blocked || Request(method, path) is not { } request)
            {
                missing.Add($"{method} {path}");
                continue;
            }

            await _hub.Store.WriteAsync(s => s.Script("CREATE TRIGGER blocked BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'no audit'); END"), Token);
            string before = await DumpAsync();
            int refused = await SendAsync(blocked);
            string after = await DumpAsync();
            await _hub.Store.WriteAsync(s => s.Script("DROP TRIGGER blocked"), Token);
            if (refused < 500 || before != after)
            {
                open.Add($"{method} {path} without a log: {refused}, changed: {before != after}");
            }

            long last = await _hub.Store.ReadAsync(s => s.Number("SELECT max(id) FROM audit") ?? 0, Token);
            int code = await SendAsync(request);
            List<AuditRecord> said = await _hub.Store.ReadAsync(s => AuditStore.List(s, long.MaxValue, 10).Where(a => a.Id > last).ToList(), Token);
            bool node = path.EndsWith("/enroll", StringComparison.Ordinal) || path.EndsWith("/renew", StringComparison.Ordinal) || path.Contains("/support/", StringComparison.Ordinal);
            if (code >= 300 || !said.Any(a => node ? a.Role == "node" : a is { Who: "admin", Role: "admin" }))
            {
                open.Add($"{method} {path}: {code}, said {string.Join("; ", said.Select(a => $"{a.Who} {a.Role} {a.Action}"))}");
            }
        }

        Assert.Empty(missing);
        Assert.Empty(open);
        Assert.InRange(writes.Count, 15, 100);
    }

    [Fact]
    public async Task A_rollout_that_an_administrator_makes_is_an_administrators_whichever_way_it_came()
    {
        await _hub.NodeAsync("n-1");
        using HttpClient http = _hub.Client(_hub.Person(FleetRole.Admin));
        using GrpcChannel channel = GrpcChannel.ForAddress(http.BaseAddress!, new GrpcChannelOptions { HttpClient = http });

        await new V1.RolloutService.RolloutServiceClient(channel).CreateAsync(
            new V1.RolloutPlan { Name = "r", Version = "2.0.0", BundleId = new string('a', 64), Url = "https://h/b", MaxParallel = 1, SuccessPercent = 100, NodeTimeoutSeconds = 3600 }, cancellationToken: Token);

        Assert.Contains(await _hub.Store.ReadAsync(s => AuditStore.List(s, long.MaxValue, 10), Token), a => a is { Action: "rollout.create", Who: "eve", Role: "admin" });
    }

    /// <summary>Makes what the route is about; each has its own.</summary>
    private async Task PrepareAsync(string path)
    {
        await _hub.Store.WriteAsync(
            s =>
            {
                DateTimeOffset now = DateTimeOffset.UtcNow;
                foreach (string table in new[] { "rollouts", "rollout_nodes", "held_back", "bundles" })
                {
                    s.Execute($"DELETE FROM {table}");
                }

                s.Execute("DELETE FROM commands WHERE id='c-1'");
                s.Execute("DELETE FROM nodes WHERE id='n-1'");
                if (path.Contains("/support/", StringComparison.Ordinal))
                {
                    s.Execute(
                        "INSERT INTO commands (node, id, kind, revision, issued, not_after, issued_by, payload) VALUES ('n-1', 'c-1', @k, 1, 1, @e, 'x', @p)",
                        ("@k", CommandKind.SupportBundle), ("@e", now.AddDays(1)), ("@p", Array.Empty<byte>()));
                }
                else
                {
                    s.Execute("INSERT INTO nodes (id, enrolled, board, version) VALUES ('n-1', @t, 'b', '1.0.0')", ("@t", now));
                }

                s.Execute("INSERT INTO tokens (id, hash, uses, expires, created_by) VALUES ('n-1', @h, 5, @e, 'x') ON CONFLICT DO NOTHING", ("@h", Identity.Enrollment.Hash("audited")), ("@e", now.AddDays(1)));
                s.Execute("INSERT INTO bundles (id, version, boards, bytes, uploaded, uploaded_by) VALUES (@b, '1.0.0', 'b', 1, 1, 'x')", ("@b", new string('b', 64)));
                s.Execute("INSERT INTO held_back (bundle, board, version, reason, since, rollout) VALUES (@b, 'b', '1', 'r', 1, 'r')", ("@b", new string('a', 64)));
            },
            Token);
        if (path.Contains("/rollouts/", StringComparison.Ordinal))
        {
            RolloutPlan plan = new() { Name = "r", Version = "2.0.0", BundleId = new string('a', 64), Url = "https://h/b", Canary = 1, Approval = ApprovalRule.EachWave };
            using HttpResponseMessage made = await _hub.Admin.PostAsync(new Uri("/api/v1/rollouts", UriKind.Relative), JsonContent.Create(plan, HubJson.Default.RolloutPlan), Token);
            Assert.True(made.IsSuccessStatusCode, await made.Content.ReadAsStringAsync(Token));
            string id = (await made.Content.ReadFromJsonAsync(HubJson.Default.RolloutView, Token))!.Id;
            _rollout = id;
        }

        if (path.EndsWith("/renew", StringComparison.Ordinal) || path.Contains("/support/", StringComparison.Ordinal))
        {
            _node?.Dispose();
            _node = _hub.Client(await _hub.NodeAsync(path.EndsWith("/renew", StringComparison.Ordinal) ? "n-renew" : "n-1"));
        }
    }

    private string _rollout = "";
    private HttpClient? _node;

    /// <summary>A good request of a route; null for a route that has none here yet: add one.</summary>
    private (HttpClient Client, Func<HttpRequestMessage> Make)? Request(string method, string path)
    {
        string tail = path["/api/v1".Length..];
        (HttpClient, Func<HttpRequestMessage>)? Make(HttpContent? content = null, HttpClient? client = null, string? at = null) =>
            (client ?? _hub.Admin, () => new HttpRequestMessage(new HttpMethod(method), new Uri("/api/v1" + (at ?? tail), UriKind.Relative)) { Content = content });
        StringContent Json(string text) => new(text, Encoding.UTF8, "application/json");
        return (method, tail) switch
        {
            ("POST", "/enroll") => Make(JsonContent.Create(new EnrollRequest { Token = "audited", Csr = TestHub.Csr("n-audit") }, FleetJson.Default.EnrollRequest), _hub.Nobody),
            ("POST", "/renew") => Make(JsonContent.Create(new RenewRequest { Csr = TestHub.Csr("n-renew") }, FleetJson.Default.RenewRequest), _node),
            ("POST", "/tokens") => Make(Json("{}")),
            ("DELETE", "/tokens/n-1") => Make(),
            ("PUT", "/nodes/n-1/labels") => Make(Json("""{"labels":{"a":"b"}}""")),
            ("PUT", "/nodes/n-1/settings") => Make(Json("""{"logLevel":"debug"}""")),
            ("POST", "/nodes/n-1/revoke") or ("DELETE", "/nodes/n-1") => Make(),
            ("POST", "/nodes/n-1/commands") => Make(Json("""{"kind":"reboot"}""")),
            ("POST", "/rollouts") => Make(JsonContent.Create(new RolloutPlan { Name = "r", Version = "2.0.0", BundleId = new string('a', 64), Url = "https://h/b" }, HubJson.Default.RolloutPlan)),
            ("POST", "/rollouts/n-1/resume" or "/rollouts/n-1/pause" or "/rollouts/n-1/abort" or "/rollouts/n-1/approve") => Make(at: tail.Replace("n-1", _rollout, StringComparison.Ordinal)),
            ("DELETE", "/held-back/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/b") => Make(),
            ("POST", "/bundles") => Make(new ByteArrayContent(BundleTests.Bundle)),
            ("DELETE", "/bundles/n-1") => Make(at: $"/bundles/{new string('b', 64)}"),
            ("PUT", "/nodes/n-1/support/c-1") => Make(new ByteArrayContent([1, 2, 3]), _node),
            _ => null,
        };
    }

    private static async Task<int> SendAsync((HttpClient Client, Func<HttpRequestMessage> Make) request)
    {
        using HttpRequestMessage message = request.Make();
        using HttpResponseMessage answer = await request.Client.SendAsync(message, Token);
        return (int)answer.StatusCode;
    }

    private Task<string> DumpAsync() => _hub.Store.ReadAsync(
        s =>
        {
            StringBuilder all = new();
            foreach (string table in Tables)
            {
                List<string> columns = s.Query($"SELECT name FROM pragma_table_info('{table}')", r => r.Text(0));
                string row = string.Join(" || '|' || ", columns.Select(c => $"coalesce(hex({c}), '')"));
                all.AppendJoin('\n', s.Query($"SELECT {row} FROM {table} ORDER BY 1", r => r.Text(0))).Append('\n');
            }

            return Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(all.ToString())));
        },
        Token);
}
