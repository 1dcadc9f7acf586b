using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Talos.Pki;
using Talos.Rpc.Tls;

namespace Talos.Fleet.Agent.Tests.Real;

/// <summary>Somebody else answers at the broker's address, with a certificate that names an address of its issuer.</summary>
[Trait("Category", "Security")]
[Trait("Category", "Integration")]
public sealed class StrangersCertificateTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_agent_fetches_nothing_that_a_brokers_certificate_names()
    {
        using TcpListener issuer = new(IPAddress.Loopback, 0);
        using TcpListener broker = new(IPAddress.Loopback, 0);
        issuer.Start();
        broker.Start();
        Task<TcpClient> fetched = issuer.AcceptTcpClientAsync(Ct).AsTask();
        using X509Certificate2 stranger = Stranger($"http://{issuer.LocalEndpoint}/issuer.crt");
        Task serving = ServeAsync(broker, stranger);
        CertificateAuthority fleet = CertificateAuthority.Create(AuthorityOptions.Os, TimeProvider.System);
        SslClientAuthenticationOptions tls = ClientTls.Trusting(null, [Certificates.Read(fleet.CertificatePem)], TimeProvider.System);
        tls.ApplicationProtocols = null;
        tls.TargetHost = "localhost";
        using TlsChannel channel = new("127.0.0.1", ((IPEndPoint)broker.LocalEndpoint).Port, tls);

        await Assert.ThrowsAnyAsync<Exception>(() => channel.ConnectAsync(Ct));
        await serving;

        Assert.False(fetched.IsCompleted);
    }

    private static async Task ServeAsync(TcpListener broker, X509Certificate2 certificate)
    {
        using TcpClient client = await broker.AcceptTcpClientAsync(Ct);
        await using SslStream server = new(client.GetStream());
        SslServerAuthenticationOptions options = new()
        {
            ServerCertificateContext = SslStreamCertificateContext.Create(certificate, [], offline: true),
        };
        Task handshake = server.AuthenticateAsServerAsync(options, Ct);
        await handshake.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private static X509Certificate2 Stranger(string issuerUrl)
    {
        using var issuerKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        CertificateRequest issuer = new("CN=nobody", issuerKey, HashAlgorithmName.SHA256);
        issuer.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        using X509Certificate2 authority = issuer.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new("CN=localhost", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509AuthorityInformationAccessExtension([], [issuerUrl]));
        using X509Certificate2 certificate = request.Create(authority, now.AddHours(-1), now.AddHours(1), RandomNumberGenerator.GetBytes(8));
        using X509Certificate2 withKey = certificate.CopyWithPrivateKey(key);
        return X509CertificateLoader.LoadPkcs12(withKey.Export(X509ContentType.Pkcs12), null);
    }
}
