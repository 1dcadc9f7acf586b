using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using Talos.Api.Security;
using Talos.Pki;
using Talos.Rpc.Hosting;
using Talos.Rpc.Tls;

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
            Reserved = ["api.example.org", "10.9.0.1"],
            Endpoint = "api.example.org",
        };
        string path = Path.Combine(_folder, "secrets.json");
        await File.WriteAllBytesAsync(path, JsonSerializer.SerializeToUtf8Bytes(secrets, DaemonSecretsJson.Default.TrustdSecrets), Ct);
        _server = await TrustdServer.StartAsync(
            new IPEndPoint(IPAddress.Loopback, 0), path, TimeProvider.System, new StreamLoggerProvider(Stream.Null), Ct, (_, _) => Task.FromResult<IPAddress[]>([]));
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
    [Trait("Category", "Security")]
    public async Task Who_floods_with_wrong_tokens_keeps_nobody_out()
    {
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        Task[] flood = [.. Enumerable.Range(0, 4).Select(async _ =>
        {
            for (int i = 0; !stop.IsCancellationRequested; i++)
            {
                await Assert.ThrowsAsync<RpcException>(() => AskAsync($"guess-{i}", new string('x', 30_000)));
            }
        })];

        using GrpcChannel neighbour = ChannelFrom("127.0.0.2");
        for (int i = 0; i < 10; i++)
        {
            await AskAsync("abcdef.0123456789abcdef", Request([], ["edge-02"]));
            await AskAsync("abcdef.0123456789abcdef", Request([], ["edge-03"]), neighbour);
        }

        await stop.CancelAsync();
        await Task.WhenAll(flood);
    }

    [Fact]
    [Trait("Category", "Security")]
    public async Task Names_of_the_control_plane_and_of_another_node_are_left_out_and_the_common_name_too()
    {
        string request = CertificateSigningRequest.Create(
            PrivateKey.Generate(KeyAlgorithm.EcdsaP256), ["os:admin"], "api.example.org",
            SubjectNames.Parse(["edge-04", "api.example.org", "api", "*.example.org", "localhost", "127.0.0.1", "10.9.0.1", "10.0.0.4"]));
        using X509Certificate2 issued = Certificates.Read((await AskAsync("abcdef.0123456789abcdef", request)).Crt.ToStringUtf8());
        X509SubjectAlternativeNameExtension names = issued.Extensions.OfType<X509SubjectAlternativeNameExtension>().Single();

        Assert.Equal(["edge-04"], names.EnumerateDnsNames());
        Assert.Equal(["10.0.0.4"], names.EnumerateIPAddresses().Select(a => a.ToString()));
        Assert.Equal("", issued.Subject);
        foreach (string reserved in (string[])["api.example.org", "localhost", "127.0.0.1", "10.9.0.1"])
        {
            Assert.False(issued.MatchesHostname(reserved, allowWildcards: true, allowCommonName: true), reserved);
        }

        using GrpcChannel stranger = ChannelFrom("127.0.0.2");
        RpcException refused = await Assert.ThrowsAsync<RpcException>(() => AskAsync("abcdef.0123456789abcdef", Request([], ["edge-04"]), stranger));
        Assert.Equal(
            (StatusCode.PermissionDenied, "csr: none of its names is one that the node at 127.0.0.2 may have: edge-04 (held by the node at 127.0.0.1)"),
            (refused.StatusCode, refused.Status.Detail));
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("127.0.0.2")]
    [Trait("Category", "Security")]
    public async Task Silent_connections_keep_nobody_out(string honest)
    {
        List<Socket> silent = [];
        try
        {
            for (int i = 0; i < 200; i++)
            {
                Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                silent.Add(socket);
                await socket.ConnectAsync(IPAddress.Loopback, _server.Port, Ct);
            }

            using GrpcChannel channel = ChannelFrom(honest);
            Assert.NotEmpty((await AskAsync("abcdef.0123456789abcdef", Request([], ["edge-02"]), channel)).Crt);
        }
        finally
        {
            silent.ForEach(s => s.Dispose());
        }
    }

    [Fact]
    [Trait("Category", "Security")]
    public async Task A_request_of_many_names_is_refused()
    {
        RpcException refused = await Assert.ThrowsAsync<RpcException>(() =>
            AskAsync("abcdef.0123456789abcdef", Request([], Enumerable.Range(0, 65).Select(i => $"edge-{i}"))));

        Assert.Equal((StatusCode.InvalidArgument, "csr: 65 names and addresses are more than 64"), (refused.StatusCode, refused.Status.Detail));
    }

    private static string Request(IEnumerable<string> organizations, IEnumerable<string> names) => CertificateSigningRequest.Create(
        PrivateKey.Generate(KeyAlgorithm.EcdsaP256), organizations, null, SubjectNames.Parse(names));

    private GrpcChannel ChannelFrom(string address)
    {
        SocketsHttpHandler handler = new()
        {
            SslOptions = ClientTls.Trusting(null, [Certificates.Read(_authority.CertificatePem)], TimeProvider.System),
            UseProxy = false,
            ConnectCallback = async (_, ct) =>
            {
                Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                socket.Bind(new IPEndPoint(IPAddress.Parse(address), 0));
                await socket.ConnectAsync(IPAddress.Loopback, _server.Port, ct);
                return new NetworkStream(socket, ownsSocket: true);
            },
        };
        return GrpcChannel.ForAddress($"https://127.0.0.1:{_server.Port}", new GrpcChannelOptions { HttpHandler = handler, DisposeHttpClient = true });
    }

    private async Task<CertificateResponse> AskAsync(string token, string request, GrpcChannel? channel = null) =>
        await new SecurityService.SecurityServiceClient(channel ?? _channel).CertificateAsync(
            new Api.Security.CertificateRequest { Csr = ByteString.CopyFromUtf8(request) }, new Metadata { { "token", token } }, cancellationToken: Ct);
}
