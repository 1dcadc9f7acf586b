using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Talos.Fleet.Protocol;

namespace Talos.Fleet.Agent.Tests.Real;

/// <summary>A fleet CA with the identities of nodes, hubs and brokers.</summary>
internal sealed class TestFleet : IDisposable
{
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly List<byte[]> _revoked = [];

    public TestFleet()
    {
        CertificateRequest request = new("CN=test fleet", _key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        Authority = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddYears(5));
    }

    public X509Certificate2 Authority { get; }

    public string CaPem => Authority.ExportCertificatePem();

    /// <summary>A certificate as PEM, and its key.</summary>
    public (string Certificate, string Key) Issue(string subject, bool server = false)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new(subject, key, HashAlgorithmName.SHA256);
        using X509Certificate2 certificate = Sign(request, server);
        return (certificate.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem());
    }

    public string Sign(string csr, DateTimeOffset? now = null)
    {
        CertificateRequest request = CertificateRequest.LoadSigningRequestPem(csr, HashAlgorithmName.SHA256, CertificateRequestLoadOptions.Default);
        using X509Certificate2 certificate = Sign(request, server: false, now);
        return certificate.ExportCertificatePem();
    }

    public void Revoke(string certificatePem)
    {
        using var certificate = X509Certificate2.CreateFromPem(certificatePem);
        _revoked.Add(certificate.SerialNumberBytes.ToArray());
    }

    public string CrlPem()
    {
        CertificateRevocationListBuilder builder = new();
        foreach (byte[] serial in _revoked)
        {
            builder.AddEntry(serial);
        }

        byte[] crl = builder.Build(Authority, 1, DateTimeOffset.UtcNow.AddDays(30), HashAlgorithmName.SHA256);
        return PemEncoding.WriteString("X509 CRL", crl);
    }

    /// <summary>Signs orders; the caller keeps it for as long as the test lasts.</summary>
    public OrderSigner Signer()
    {
        ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return new OrderSigner(Sign(new CertificateRequest("CN=hub-1, OU=hub", key, HashAlgorithmName.SHA256), server: false), key);
    }

    /// <summary>Lays an identity into a state folder, as an enrolment does.</summary>
    public void Enrol(string folder, string node, int port, string? certificateOfOtherFleet = null)
    {
        Directory.CreateDirectory(folder);
        (string certificate, string key) = Issue($"CN={node}");
        IdentityFile file = new() { Node = node, Certificate = certificateOfOtherFleet ?? certificate, Ca = CaPem, Brokers = [$"mqtts://localhost:{port}"] };
        File.WriteAllBytes(Path.Combine(folder, "identity.json"), JsonSerializer.SerializeToUtf8Bytes(file, AgentJson.Default.IdentityFile));
        File.WriteAllText(Path.Combine(folder, "key.pem"), key);
    }

    public void Dispose()
    {
        Authority.Dispose();
        _key.Dispose();
    }

    private X509Certificate2 Sign(CertificateRequest request, bool server, DateTimeOffset? now = null)
    {
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(server ? "1.3.6.1.5.5.7.3.1" : "1.3.6.1.5.5.7.3.2")], false));
        if (server)
        {
            SubjectAlternativeNameBuilder names = new();
            names.AddDnsName("localhost");
            request.CertificateExtensions.Add(names.Build());
        }

        byte[] serial = RandomNumberGenerator.GetBytes(16);
        serial[0] = (byte)((serial[0] & 0x7f) | 1);
        return request.Create(
            Authority.SubjectName, X509SignatureGenerator.CreateForECDsa(_key), (now ?? DateTimeOffset.UtcNow).AddHours(-1), (now ?? DateTimeOffset.UtcNow).AddYears(1), serial);
    }
}
