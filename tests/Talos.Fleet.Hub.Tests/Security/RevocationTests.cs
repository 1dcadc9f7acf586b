using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Talos.Fleet.Api;
using Talos.Fleet.Hub.Identity;
using Talos.Fleet.Hub.Rest;
using Talos.Fleet.Hub.Store;
using Talos.Fleet.Protocol;
using Clock = Talos.Testing.ManualTime;

namespace Talos.Fleet.Hub.Tests.Security;

/// <summary>What is left to a node that was revoked, or to whoever has its disk.</summary>
[Trait("Category", "Security")]
public sealed class RevocationTests
{
    private static readonly Caller Admin = new("ann", FleetRole.Admin);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_renewal_that_was_checked_before_the_revocation_gives_nothing_after_it(bool forget)
    {
        using TestHub hub = new();
        await hub.AddTokenAsync("secret");
        using X509Certificate2 present = Certificate(await EnrollAsync(hub, "secret", "n-1"));

        await hub.Enrollment.RevokeAsync("n-1", forget, keepTokens: false, Admin, Token);
        RequestException refused = await Assert.ThrowsAsync<RequestException>(() => hub.Enrollment.RenewAsync(present, new RenewRequest { Csr = TestHub.Csr("n-1") }, Token));

        Assert.Equal(401, refused.Status);
        Assert.Equal(1, await CertificatesAsync(hub));
    }

    [Fact]
    public async Task An_old_certificate_renews_nothing_after_its_node_enrolled_anew()
    {
        using TestHub hub = new();
        await hub.AddTokenAsync("secret");
        using X509Certificate2 stolen = Certificate(await EnrollAsync(hub, "secret", "n-1"));
        await hub.Enrollment.RevokeAsync("n-1", false, false, Admin, Token);
        await hub.AddTokenAsync("again", node: "n-1");
        using X509Certificate2 fresh = Certificate(await EnrollAsync(hub, "again", "n-1"));

        await Assert.ThrowsAsync<RequestException>(() => hub.Enrollment.RenewAsync(stolen, new RenewRequest { Csr = TestHub.Csr("n-1") }, Token));

        Assert.Equal("n-1", (await hub.Enrollment.RenewAsync(fresh, new RenewRequest { Csr = TestHub.Csr("n-1") }, Token)).Node);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_token_on_a_revoked_nodes_disk_enrols_no_other_node(bool forget)
    {
        using TestHub hub = new();
        await hub.AddTokenAsync("many", uses: 100);
        await EnrollAsync(hub, "many", "n-1");

        await hub.Enrollment.RevokeAsync("n-1", forget, keepTokens: false, Admin, Token);

        Assert.Contains("was used 1 of 1 times", (await Assert.ThrowsAsync<RequestException>(() => EnrollAsync(hub, "many", "n-2"))).Message, StringComparison.Ordinal);
        Assert.Contains(await AuditAsync(hub), a => a is { Action: "node.revoke" or "node.delete", Who: "ann", Role: "admin", Outcome: "done, 1 tokens made void" });
    }

    [Fact]
    public async Task A_token_that_others_need_is_kept_when_the_administrator_says_so()
    {
        using TestHub hub = new();
        await hub.AddTokenAsync("many", uses: 100);
        await EnrollAsync(hub, "many", "n-1");

        await hub.Enrollment.RevokeAsync("n-1", true, keepTokens: true, Admin, Token);

        Assert.Equal("n-2", (await EnrollAsync(hub, "many", "n-2")).Node);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_key_of_a_revoked_node_enrols_under_no_id_but_with_a_token_for_its_own(bool forget)
    {
        using TestHub hub = new();
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        await hub.AddTokenAsync("one");
        await hub.AddTokenAsync("many", uses: 100);
        await EnrollAsync(hub, "one", "n-1", key);
        await hub.Enrollment.RevokeAsync("n-1", forget, false, Admin, Token);
        await hub.AddTokenAsync("own", node: "n-1");

        foreach (string id in new[] { "n-1", "n-2", "n-3" })
        {
            RequestException refused = await Assert.ThrowsAsync<RequestException>(() => EnrollAsync(hub, "many", id, key));
            Assert.Contains("was the one of n-1", refused.Message, StringComparison.Ordinal);
        }

        Assert.Equal("n-1", (await EnrollAsync(hub, "own", "n-1", key)).Node);
        Assert.Equal("n-4", (await EnrollAsync(hub, "many", "n-4")).Node);
    }

    [Fact]
    public async Task A_node_is_given_a_bounded_number_of_certificates_a_day()
    {
        using TestHub hub = new();
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        await hub.AddTokenAsync("secret");
        using X509Certificate2 present = Certificate(await EnrollAsync(hub, "secret", "n-1", key));
        int given = 0;

        for (int i = 0; i < 30; i++)
        {
            try
            {
                await hub.Enrollment.RenewAsync(present, new RenewRequest { Csr = TestHub.Csr("n-1") }, Token);
                given++;
            }
            catch (RequestException e) when (e.Status == 429)
            {
            }
        }

        await Assert.ThrowsAsync<RequestException>(() => EnrollAsync(hub, "secret", "n-1", key));
        hub.Time.Now += TimeSpan.FromHours(25);
        await hub.Enrollment.RenewAsync(present, new RenewRequest { Csr = TestHub.Csr("n-1") }, Token);
        Assert.Equal(19, given);
    }

    [Fact]
    public async Task A_wrong_token_is_refused_before_anything_of_the_request_is_looked_at_and_the_twentieth_closes_the_address()
    {
        using TestHub hub = new();
        await hub.AddTokenAsync("many", uses: 100);
        IPAddress guesser = IPAddress.Parse("192.0.2.1"), honest = IPAddress.Parse("192.0.2.2");
        List<int> codes = [];

        for (int i = 0; i < 25; i++)
        {
            codes.Add((await Assert.ThrowsAsync<RequestException>(() => hub.Enrollment.EnrollAsync(new EnrollRequest { Token = $"guess-{i}", Csr = "is none" }, guesser, Token))).Status);
        }

        Assert.Equal([.. Enumerable.Repeat(403, 20), .. Enumerable.Repeat(429, 5)], codes);
        Assert.Equal("n-1", (await hub.Enrollment.EnrollAsync(new EnrollRequest { Token = "many", Csr = TestHub.Csr("n-1") }, honest, Token)).Node);
        Assert.InRange((await AuditAsync(hub)).Count(a => a.Role == "none"), 1, 3);
    }

    [Fact]
    public void Good_tokens_cost_an_address_nothing_and_wrong_ones_are_forgotten_with_time()
    {
        Clock time = new();
        WrongTokens wrong = new(time);
        IPAddress address = IPAddress.Parse("2001:db8::1");

        for (int i = 0; i < 20; i++)
        {
            Assert.True(wrong.MayTry(IPAddress.Parse($"2001:db8::{i:x}")));
            wrong.Count(IPAddress.Parse($"2001:db8::{i:x}"));
        }

        Assert.False(wrong.MayTry(address));
        time.Advance(TimeSpan.FromMinutes(1));
        Assert.True(wrong.MayTry(address));
    }

    [Fact]
    public void Addresses_without_end_take_bounded_memory_and_few_lines_of_the_audit_log()
    {
        Clock time = new();
        WrongTokens wrong = new(time);
        long before = GC.GetTotalMemory(true);
        int notes = 0;

        for (int i = 0; i < 200_000; i++)
        {
            notes += wrong.Count(new IPAddress((long)i)) ? 1 : 0;
        }

        Assert.InRange(notes, 1, 60);
        Assert.InRange(GC.GetTotalMemory(true) - before, long.MinValue, 4L << 20);
    }

    [Fact]
    [Trait("Category", "Integration")]
    public async Task A_renewal_whose_body_comes_after_the_revocation_gets_no_certificate()
    {
        await using RunningHub hub = await RunningHub.StartAsync();
        X509Certificate2 node = await hub.NodeAsync("n-1");
        byte[] body = JsonSerializerBytes(new RenewRequest { Csr = TestHub.Csr("n-1") });
        using TcpClient tcp = new("127.0.0.1", hub.Options.HttpsPort);
        await using SslStream tls = new(tcp.GetStream());
        await tls.AuthenticateAsClientAsync(TlsPolicy.Client(TlsPolicy.Trusting([hub.Authority.Certificate], TlsPolicy.ServerUse), node, "localhost"), Token);
        await tls.WriteAsync(Encoding.ASCII.GetBytes($"POST /api/v1/renew HTTP/1.1\r\nHost: localhost\r\nContent-Length: {body.Length}\r\nConnection: close\r\nExpect: 100-continue\r\n\r\n"), Token);
        byte[] buffer = new byte[4096];

        // The hub asks for the body when it has let the node in.
        int read = await tls.ReadAsync(buffer, Token);
        using HttpResponseMessage revoked = await hub.Admin.PostAsync(new Uri("/api/v1/nodes/n-1/revoke", UriKind.Relative), null, Token);
        await tls.WriteAsync(body, Token);
        int answer = await tls.ReadAsync(buffer.AsMemory(read), Token);

        Assert.StartsWith("HTTP/1.1 100", Encoding.ASCII.GetString(buffer, 0, read), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NoContent, revoked.StatusCode);
        Assert.StartsWith("HTTP/1.1 401", Encoding.ASCII.GetString(buffer, read, answer), StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Category", "Integration")]
    public async Task A_stream_ends_when_the_certificate_that_opened_it_does()
    {
        LaterClock time = new();
        await using RunningHub hub = await RunningHub.StartAsync(time: time);
        using HttpClient viewer = hub.Client(hub.Person(FleetRole.Viewer));
        using StreamReader lines = new(await viewer.GetStreamAsync(new Uri("/api/v1/stream", UriKind.Relative), Token));
        await lines.ReadLineAsync(Token);

        time.Later = TimeSpan.FromDays(2);
        string? line;
        do
        {
            line = await lines.ReadLineAsync(Token).AsTask().WaitAsync(TimeSpan.FromSeconds(40), Token);
        }
        while (line is not null);

        Assert.Null(line);
    }

    private static byte[] JsonSerializerBytes(RenewRequest request) => System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(request, FleetJson.Default.RenewRequest);

    private static Task<EnrollResponse> EnrollAsync(TestHub hub, string token, string node, ECDsa? key = null) =>
        hub.Enrollment.EnrollAsync(new EnrollRequest { Token = token, Csr = TestHub.Csr(node, key) }, Token);

    private static X509Certificate2 Certificate(EnrollResponse answer) => X509Certificate2.CreateFromPem(answer.Certificate);

    private static Task<long> CertificatesAsync(TestHub hub) => hub.Store.ReadAsync(s => s.Number("SELECT count(*) FROM certificates") ?? 0, Token);

    private static Task<List<AuditRecord>> AuditAsync(TestHub hub) => hub.Store.ReadAsync(s => AuditStore.List(s, long.MaxValue, 1000), Token);

    /// <summary>The clock of the system, some time ahead.</summary>
    private sealed class LaterClock : TimeProvider
    {
        public TimeSpan Later { get; set; }

        public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + Later;
    }
}
