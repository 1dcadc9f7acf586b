using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using Talos.Api.Security;
using Talos.Pki;
using Talos.Rpc.Hosting;
using Talos.Rpc.Tls;
using Talos.Testing;

namespace Talos.Trustd.Tests;

public sealed class TrustdTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("talos-trustd-").FullName;
    private readonly CertificateAuthority _authority = CertificateAuthority.Create(AuthorityOptions.Os, TimeProvider.System);
    private TrustdServer _server = null!;
    private GrpcChannel _channel = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        CertificateAndKey server = _authority.IssueServer(SubjectNames.Parse(["127.0.0.1"]), null, TimeSpan.FromHours(1));
        TrustdSecrets secrets = new()
        {
            Certificate = server.CertificatePem,
            Key = server.KeyPem.Reveal(),
            IssuerCertificate = _authority.CertificatePem,
            IssuerKey = _authority.Pair.KeyPem.Reveal(),
            Authorities = _authority.CertificatePem,
            Token = "abcdef.0123456789abcdef",
        };
        string path = Path.Combine(_folder, "secrets.json");
        await File.WriteAllBytesAsync(path, JsonSerializer.SerializeToUtf8Bytes(secrets, DaemonSecretsJson.Default.TrustdSecrets), Ct);
        _server = await TrustdServer.StartAsync(
            new IPEndPoint(IPAddress.Loopback, 0), path, TimeProvider.System, new StreamLoggerProvider(Stream.Null), Ct);
        _channel = Channels.Tls("127.0.0.1", _server.Port, ClientTls.Trusting(null, [Certificates.Read(_authority.CertificatePem)], TimeProvider.System));
    }

    public async ValueTask DisposeAsync()
    {
        _channel.Dispose();
        await _server.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_node_that_knows_the_token_gets_a_server_certificate_for_its_names_and_no_role()
    {
        CertificateResponse response = await AskAsync("abcdef.0123456789abcdef", Request(["os:admin"], ["edge-02", "10.0.0.6"]));

        using X509Certificate2 issued = Certificates.Read(response.Crt.ToStringUtf8());
        Assert.Empty(Certificates.Organizations(issued));
        Assert.Equal(["edge-02"], issued.Extensions.OfType<X509SubjectAlternativeNameExtension>().Single().EnumerateDnsNames());
        Assert.NotNull(ClientCertificateCheck.Refuse(issued, [], [Certificates.Read(_authority.CertificatePem)], TimeProvider.System.GetUtcNow()));
        Assert.InRange(issued.NotAfter - issued.NotBefore, TimeSpan.FromHours(24), TimeSpan.FromHours(25.5));
        Assert.Equal(_authority.CertificatePem, response.Ca.ToStringUtf8());
    }

    [Theory]
    [InlineData("abcdef.0123456789abcdeg")]
    [InlineData("")]
    public async Task A_wrong_token_gets_nothing(string token)
    {
        RpcException refused = await Assert.ThrowsAsync<RpcException>(() => AskAsync(token, Request([], ["edge-02"])));

        Assert.Equal(StatusCode.Unauthenticated, refused.StatusCode);
    }

    [Fact]
    public async Task A_broken_request_is_the_callers_mistake()
    {
        RpcException broken = await Assert.ThrowsAsync<RpcException>(() => AskAsync("abcdef.0123456789abcdef", "no request"));
        RpcException nameless = await Assert.ThrowsAsync<RpcException>(() => AskAsync("abcdef.0123456789abcdef", Request([], [])));

        Assert.Equal(StatusCode.InvalidArgument, broken.StatusCode);
        Assert.Equal("csr: names neither a host nor an address", nameless.Status.Detail);
    }

    [Fact]
    public async Task Guessing_the_token_is_slowed_down()
    {
        List<StatusCode> codes = [];
        for (int i = 0; i < 25; i++)
        {
            codes.Add((await Assert.ThrowsAsync<RpcException>(() => AskAsync($"guess-{i}", "x"))).StatusCode);
        }

        Assert.Contains(StatusCode.ResourceExhausted, codes);
    }

    [Fact]
    public void The_budget_refills_with_time()
    {
        ManualTime time = new();
        CallBudget budget = new(time, burst: 2, refill: TimeSpan.FromSeconds(1));

        Assert.True(budget.TryTake());
        Assert.True(budget.TryTake());
        Assert.False(budget.TryTake());
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.True(budget.TryTake());
        Assert.False(budget.TryTake());
    }

    private static string Request(IEnumerable<string> organizations, IEnumerable<string> names) => CertificateSigningRequest.Create(
        PrivateKey.Generate(KeyAlgorithm.EcdsaP256), organizations, null, SubjectNames.Parse(names));

    private async Task<CertificateResponse> AskAsync(string token, string request) =>
        await new SecurityService.SecurityServiceClient(_channel).CertificateAsync(
            new Api.Security.CertificateRequest { Csr = ByteString.CopyFromUtf8(request) }, new Metadata { { "token", token } }, cancellationToken: Ct);
}
