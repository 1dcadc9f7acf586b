using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Talos.Pki;
using Talos.Rpc.Tls;

namespace Talos.Rpc.Tests.Tls;

/// <summary>A stranger's certificate that names an address of its issuer, and a server at that address which counts who comes.</summary>
[Trait("Category", "Security")]
[Trait("Category", "Integration")]
public sealed class CertificateDownloadTests : IDisposable
{
    private static readonly CertificateAuthority Authority = CertificateAuthority.Create(AuthorityOptions.Os, TimeProvider.System);

    private readonly TcpListener _issuer = new(IPAddress.Loopback, 0);
    private readonly List<TcpClient> _fetched = [];

    public CertificateDownloadTests()
    {
        _issuer.Start();
        _ = CountAsync();
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _issuer.Dispose();

    [Fact]
    public async Task A_server_fetches_nothing_that_a_clients_certificate_names()
    {
        CertificateAndKey own = Authority.IssueServer(SubjectNames.Parse(["localhost"]), null, TimeSpan.FromHours(1));
        SslServerAuthenticationOptions server = ServerTls.Mutual(
            TlsIdentity.FromPem(own.CertificatePem, own.KeyPem.Reveal()), [Certificates.Read(Authority.CertificatePem)], TimeProvider.System);

        await ShakeHandsAsync(server, ClientOf(SslStreamCertificateContext.Create(Stranger("1.3.6.1.5.5.7.3.2"), [], offline: true)));

        Assert.Empty(_fetched);
    }

    [Fact]
    public async Task A_client_fetches_nothing_that_a_servers_certificate_names()
    {
        SslServerAuthenticationOptions server = new()
        {
            ServerCertificateContext = SslStreamCertificateContext.Create(Stranger("1.3.6.1.5.5.7.3.1"), [], offline: true),
        };
        SslClientAuthenticationOptions client = ClientTls.Trusting(null, [Certificates.Read(Authority.CertificatePem)], TimeProvider.System);
        client.TargetHost = "localhost";
        client.ApplicationProtocols = null;

        await ShakeHandsAsync(server, client);

        Assert.Empty(_fetched);
    }

    [Fact]
    public async Task Without_the_policy_it_would_be_fetched()
    {
        CertificateAndKey own = Authority.IssueServer(SubjectNames.Parse(["localhost"]), null, TimeSpan.FromHours(1));
        SslServerAuthenticationOptions server = new()
        {
            ServerCertificateContext = TlsIdentity.FromPem(own.CertificatePem, own.KeyPem.Reveal()).Context,
            ClientCertificateRequired = true,
            RemoteCertificateValidationCallback = (_, _, _, _) => false,
        };

        await ShakeHandsAsync(server, ClientOf(SslStreamCertificateContext.Create(Stranger("1.3.6.1.5.5.7.3.2"), [], offline: true)));

        Assert.NotEmpty(_fetched);
    }

    [Fact]
    public async Task The_policy_of_a_server_does_not_grow_by_what_its_clients_send()
    {
        CertificateAndKey own = Authority.IssueServer(SubjectNames.Parse(["localhost"]), null, TimeSpan.FromHours(1));
        SslServerAuthenticationOptions server = ServerTls.Mutual(
            TlsIdentity.FromPem(own.CertificatePem, own.KeyPem.Reveal()), [Certificates.Read(Authority.CertificatePem)], TimeProvider.System);
        for (int i = 0; i < 3; i++)
        {
            X509Certificate2 another = Stranger("1.3.6.1.5.5.7.3.2");
            await ShakeHandsAsync(server, ClientOf(SslStreamCertificateContext.Create(Stranger("1.3.6.1.5.5.7.3.2"), [another], offline: true)));
        }

        Assert.Empty(server.CertificateChainPolicy!.ExtraStore);
        Assert.Single(server.CertificateChainPolicy.CustomTrustStore);
    }

    private static SslClientAuthenticationOptions ClientOf(SslStreamCertificateContext context) => new()
    {
        TargetHost = "localhost",
        ClientCertificateContext = context,
        RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is not null,
        EnabledSslProtocols = SslProtocols.Tls12,
        CertificateChainPolicy = StrangerChain.Policy([]),
    };

    private static async Task ShakeHandsAsync(SslServerAuthenticationOptions serverOptions, SslClientAuthenticationOptions clientOptions)
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        using TcpClient outgoing = new();
        await outgoing.ConnectAsync((IPEndPoint)listener.LocalEndpoint, Ct);
        using TcpClient incoming = await listener.AcceptTcpClientAsync(Ct);
        await using SslStream server = new(incoming.GetStream());
        await using SslStream client = new(outgoing.GetStream());
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        limit.CancelAfter(TimeSpan.FromSeconds(5));
        Task both = Task.WhenAll(
            EndAsync(server.AuthenticateAsServerAsync(serverOptions, limit.Token), incoming), EndAsync(client.AuthenticateAsClientAsync(clientOptions, limit.Token), outgoing));
        await both.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    // Who refuses hangs up, so that the other does not wait.
    private static async Task EndAsync(Task handshake, TcpClient side)
    {
        await handshake.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!handshake.IsCompletedSuccessfully)
        {
            side.Close();
        }
    }

    private X509Certificate2 Stranger(string usage)
    {
        using var issuerKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest issuer = new("CN=nobody", issuerKey, HashAlgorithmName.SHA256);
        issuer.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        using X509Certificate2 authority = issuer.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new("CN=stranger", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(usage)], false));
        request.CertificateExtensions.Add(new X509AuthorityInformationAccessExtension([], [$"http://{_issuer.LocalEndpoint}/issuer.crt"]));
        X509Certificate2 certificate = request.Create(authority, now.AddHours(-1), now.AddHours(1), RandomNumberGenerator.GetBytes(8)).CopyWithPrivateKey(key);
        return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), null);
    }

    private async Task CountAsync()
    {
        try
        {
            while (true)
            {
                TcpClient client = await _issuer.AcceptTcpClientAsync(Ct);
                _fetched.Add(client);
                client.Close();
            }
        }
        catch (Exception e) when (e is ObjectDisposedException or SocketException or OperationCanceledException)
        {
            // The test is over.
        }
    }
}
