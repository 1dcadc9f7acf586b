using System.Buffers.Text;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Grpc.Core;
using Grpc.Net.Client;
using Talos.Fleet.Api;
using Talos.Fleet.Hub.Identity;

namespace Talos.Fleet.Hub.Tests.Oidc;

/// <summary>Programs with tokens of a real provider, at a whole hub.</summary>
[Trait("Category", "Integration")]
public sealed class BearerTests(OpenIdProvider provider) : IClassFixture<OpenIdProvider>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("viewer-job", 200, 403, 403, 403)]
    [InlineData("operator-job", 200, 201, 403, 403)]
    [InlineData("admin-job", 200, 201, 201, 200)]
    public async Task A_token_of_a_role_may_do_what_the_role_may_and_nothing_else(string job, int look, int restart, int patch, int audit)
    {
        await using RunningHub hub = await StartAsync(provider);
        using HttpClient program = Program(hub, await provider.TokenAsync(job));

        int[] codes =
        [
            await CodeAsync(program, "/api/v1/nodes"), await CommandAsync(program, """{"kind":"reboot","id":"c-1"}"""),
            await CommandAsync(program, """{"kind":"applyConfigPatch","patch":"machine: {}","id":"c-2"}"""), await CodeAsync(program, "/api/v1/audit"),
        ];
        Page<CommandRecord> made = await hub.GetAsync("/api/v1/nodes/n-1/commands", HubJson.Default.PageCommandRecord);

        Assert.Equal([look, restart, patch, audit], codes);
        Assert.Equal(new[] { restart, patch }.Count(c => c == 201), made.Items.Count);
        Assert.All(made.Items, c => Assert.Equal(job, c.IssuedBy));
    }

    [Theory]
    [InlineData("viewer-job", "viewer")]
    [InlineData("operator-job", "viewer operator")]
    [InlineData("admin-job", "viewer operator admin")]
    public async Task Of_all_routes_a_token_opens_those_of_its_role_and_leaves_nothing_at_the_others(string job, string may)
    {
        await using RunningHub hub = await StartAsync(provider);
        using HttpClient program = Program(hub, await provider.TokenAsync(job));
        JsonNode document = JsonNode.Parse(await hub.Nobody.GetStringAsync(new Uri("/openapi/v1.json", UriKind.Relative), Token))!;
        List<(string Method, string Path, string Role)> routes =
        [
            .. from path in document["paths"]!.AsObject()
               from method in path.Value!.AsObject()
               let role = (string?)method.Value!["description"]
               where role is not null && role.StartsWith("Role: ", StringComparison.Ordinal)
               select (method.Key.ToUpperInvariant(), System.Text.RegularExpressions.Regex.Replace(path.Key, "{[^}]+}", "n-9"), role["Role: ".Length..]),
        ];

        foreach ((string method, string path, string role) in routes)
        {
            using HttpRequestMessage request = new(new HttpMethod(method), path);
            request.Content = method is "POST" or "PUT" ? Json("{}") : null;
            using HttpResponseMessage answer = await program.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Token);
            int status = (int)answer.StatusCode;

            // A body is read before the role is asked: one that makes no sense is refused as that.
            Assert.True(may.Split(' ').Contains(role) ? status is not (401 or 403) : status is 403 || (status is 400 && request.Content is not null), $"{method} {path} ({role}): {status}");
        }

        Assert.Equal(["admin", "operator", "viewer"], routes.Select(r => r.Role).Distinct().Order());
        Assert.True(routes.Count > 20, $"{routes.Count} routes");
        Assert.Equal(job == "admin-job" ? 1 : 0, (await hub.GetAsync("/api/v1/audit", HubJson.Default.PageAuditRecord)).Items.Count);
    }

    [Fact]
    public async Task A_token_counts_over_grpc_as_over_rest()
    {
        await using RunningHub hub = await StartAsync(provider);
        using GrpcChannel channel = GrpcChannel.ForAddress(hub.Nobody.BaseAddress!, new GrpcChannelOptions { HttpClient = hub.Nobody });
        Metadata headers = new() { { "Authorization", $"Bearer {await provider.TokenAsync("viewer-job")}" } };

        V1.ListNodesResponse seen = await new V1.NodeService.NodeServiceClient(channel).ListAsync(new V1.ListNodesRequest(), headers, cancellationToken: Token);
        RpcException refused = await Assert.ThrowsAsync<RpcException>(
            async () => await new V1.CommandService.CommandServiceClient(channel).CreateAsync(new V1.CreateCommandRequest { Node = "n-1", Kind = V1.CommandKind.Reboot }, headers, cancellationToken: Token));

        Assert.Equal("n-1", Assert.Single(seen.Nodes).Id);
        Assert.Equal((StatusCode.PermissionDenied, "viewer-job is viewer; this takes operator"), (refused.StatusCode, refused.Status.Detail));
    }

    [Fact]
    public async Task A_bad_token_gets_one_clear_line_and_nothing_is_done()
    {
        await using RunningHub hub = await StartAsync(provider);
        long now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        string good = await provider.MintAsync("{}"), claims = good.Split('.')[1];
        using RSA key = await provider.PublicKeyAsync();
        (string Token, int Status, string Line)[] bad =
        [
            (await provider.MintAsync($$"""{"exp":{{now - 120}}}"""), 401, "bearer token: was good until "),
            (await provider.MintAsync($$"""{"nbf":{{now + 300}}}"""), 401, "bearer token: is good from "),
            (await provider.MintAsync("""{"exp":null}"""), 401, "bearer token: "),
            (await provider.TokenAsync("admin-job", "other-api"), 401, "bearer token: is not meant for this hub: its audience is not talos-hub"),
            (await provider.MintAsync("""{"iss":"http://localhost:1"}"""), 401, $"bearer token: is not of {provider.Issuer}"),
            (await provider.MintAsync("{}", foreign: true), 401, $"bearer token: has no good signature of {provider.Issuer}"),
            (await provider.MintAsync("{}", foreign: true, """{"kid":"another"}"""), 401, $"bearer token: is signed with no key of {provider.Issuer}"),
            ($"{Part("""{"alg":"none"}""")}.{claims}.", 401, "bearer token: "),
            (Symmetric(claims, Encoding.ASCII.GetBytes(key.ExportSubjectPublicKeyInfoPem())), 401, "bearer token: "),
            (Symmetric(claims, key.ExportSubjectPublicKeyInfo()), 401, "bearer token: "),
            (good[..^8] + "AAAAAAAA", 401, $"bearer token: has no good signature of {provider.Issuer}"),
            ($"{good.Split('.')[0]}.{Part("""{"roles":["admin"]}""")}.{good.Split('.')[2]}", 401, "bearer token: "),
            (await provider.TokenAsync("plain-job"), 403, "plain-job: claim roles has none of viewer, operator, admin"),
            (await provider.MintAsync("""{"roles":{"admin":true}}"""), 403, "minted: claim roles has none of"),
            ("garbage", 401, "bearer token: is no signed JWT"),
            ("a.b.c", 401, "bearer token: is no signed JWT"),
            ("", 401, "who are you: "),
            (new string('x', 16000), 401, "bearer token: is no signed JWT"),
        ];

        foreach ((string token, int status, string line) in bad)
        {
            using HttpClient program = Program(hub, token);
            using HttpResponseMessage answer = await program.PostAsync(new Uri("/api/v1/nodes/n-1/commands", UriKind.Relative), Json("""{"kind":"reboot"}"""), Token);
            string text = await answer.Content.ReadAsStringAsync(Token);
            string said = (string)JsonNode.Parse(text)!["error"]!;

            Assert.True((int)answer.StatusCode == status && said.StartsWith(line, StringComparison.Ordinal), $"wanted {status} {line}: {(int)answer.StatusCode} {said}");
            Assert.DoesNotContain('\n', said);
            Assert.True(said.Length < 250 && !said.Contains("IDX", StringComparison.Ordinal), said);
        }

        Assert.Empty((await hub.GetAsync("/api/v1/nodes/n-1/commands", HubJson.Default.PageCommandRecord)).Items);
        using HttpClient admin = Program(hub, good);
        Assert.Equal(200, await CodeAsync(admin, "/api/v1/audit"));
    }

    [Fact]
    public async Task While_the_provider_is_away_tokens_wait_and_certificates_go_on()
    {
        await using OpenIdProvider own = new();
        await own.InitializeAsync();
        string token = await own.TokenAsync("admin-job");
        await own.StopAsync();
        await using RunningHub hub = await StartAsync(own);
        using HttpClient program = Program(hub, token);

        using HttpResponseMessage away = await program.GetAsync(new Uri("/api/v1/nodes", UriKind.Relative), Token);
        string said = (string)JsonNode.Parse(await away.Content.ReadAsStringAsync(Token))!["error"]!;
        using HttpResponseMessage certificate = await hub.Admin.GetAsync(new Uri("/api/v1/nodes", UriKind.Relative), Token);
        await own.InitializeAsync();
        string fresh = await own.TokenAsync("admin-job");
        using HttpClient again = Program(hub, fresh);
        await RunningHub.UntilAsync(async () => await CodeAsync(again, "/api/v1/nodes") == 200);
        await own.StopAsync();

        Assert.Equal(HttpStatusCode.ServiceUnavailable, away.StatusCode);
        Assert.StartsWith($"the OIDC provider {own.Issuer} cannot be asked: ", said, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', said);
        Assert.Equal(HttpStatusCode.OK, certificate.StatusCode);
        Assert.Equal(200, await CodeAsync(again, "/api/v1/nodes"));
    }

    [Fact]
    public async Task What_the_provider_said_last_is_used_for_a_day_while_it_is_away()
    {
        await using OpenIdProvider own = new();
        await own.InitializeAsync();
        LaterTime time = new();
        await using RunningHub hub = await StartAsync(own, time: time);
        using HttpClient program = Program(hub, await own.TokenAsync("viewer-job"));
        List<int> codes = [await CodeAsync(program, "/api/v1/nodes")];
        await own.StopAsync();
        foreach (int hours in new[] { 2, 23, 25 })
        {
            time.By = TimeSpan.FromHours(hours);
            codes.Add(await CodeAsync(program, "/api/v1/nodes"));
        }

        Assert.Equal([200, 200, 200, 503], codes);
    }

    [Fact]
    public async Task New_keys_of_the_provider_are_taken_and_old_ones_are_not_any_more()
    {
        await using OpenIdProvider own = new();
        await own.InitializeAsync();
        await using RunningHub hub = await StartAsync(own);
        using HttpClient before = Program(hub, await own.TokenAsync("viewer-job"));
        int[] first = [await CodeAsync(before, "/api/v1/nodes")];
        await own.StopAsync();
        await own.InitializeAsync();
        using HttpClient after = Program(hub, await own.TokenAsync("viewer-job"));

        int[] then = [await CodeAsync(after, "/api/v1/nodes"), await CodeAsync(before, "/api/v1/nodes")];

        Assert.Equal([200], first);
        Assert.Equal([200, 401], then);
    }

    [Fact]
    public async Task A_provider_with_a_certificate_of_a_private_CA_is_trusted_when_that_is_given_and_not_otherwise()
    {
        await using OpenIdProvider own = new(https: true);
        await own.InitializeAsync();
        string token = await own.TokenAsync("viewer-job"), file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, own.Certificate, Token);
        OidcOptions trusting = OidcOptions.From(OidcTests.Settings(("oidc-authority", own.Issuer), ("oidc-ca", file)))!;
        File.Delete(file);
        await using RunningHub trusts = await StartAsync(own, trusting), strange = await StartAsync(own);
        using HttpClient good = Program(trusts, token), bad = Program(strange, token);

        Assert.Equal(200, await CodeAsync(good, "/api/v1/nodes"));
        using HttpResponseMessage refused = await bad.GetAsync(new Uri("/api/v1/nodes", UriKind.Relative), Token);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.Contains("certificate is invalid", await refused.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
    }

    private static async Task<RunningHub> StartAsync(OpenIdProvider provider, OidcOptions? oidc = null, TimeProvider? time = null)
    {
        RunningHub hub = await RunningHub.StartAsync(o => o with { Oidc = oidc ?? new OidcOptions { Authority = provider.Issuer } }, time);
        await hub.Store.WriteAsync(s => s.Execute("INSERT INTO nodes (id, enrolled) VALUES ('n-1', @t)", ("@t", DateTimeOffset.UtcNow)), Token);
        return hub;
    }

    private static HttpClient Program(RunningHub hub, string token)
    {
        HttpClient client = hub.Client(null);
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return client;
    }

    private static async Task<int> CodeAsync(HttpClient client, string path)
    {
        using HttpResponseMessage answer = await client.GetAsync(new Uri(path, UriKind.Relative), Token);
        return (int)answer.StatusCode;
    }

    private static async Task<int> CommandAsync(HttpClient client, string body)
    {
        using HttpResponseMessage answer = await client.PostAsync(new Uri("/api/v1/nodes/n-1/commands", UriKind.Relative), Json(body), Token);
        return (int)answer.StatusCode;
    }

    private static StringContent Json(string body) => new(body, Encoding.UTF8, "application/json");

    private static string Symmetric(string claims, byte[] secret)
    {
        string signed = $"{Part("""{"alg":"HS256","typ":"JWT"}""")}.{claims}";
        return $"{signed}.{Base64Url.EncodeToString(HMACSHA256.HashData(secret, Encoding.ASCII.GetBytes(signed)))}";
    }

    private static string Part(string json) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json));
}
