using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Talos.Fleet.Protocol.Tests;

/// <summary>A fleet CA and a hub that signs.</summary>
internal sealed class Fleet : IDisposable
{
    public static readonly DateTimeOffset Now = new(2026, 11, 22, 23, 0, 0, TimeSpan.Zero);

    private readonly ECDsa _caKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly ECDsa _hubKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public Fleet(string name = "CN=fleet")
    {
        CertificateRequest request = new(name, _caKey, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        Authority = request.CreateSelfSigned(Now.AddDays(-1), Now.AddYears(10));
    }

    public X509Certificate2 Authority { get; }

    public OrderSigner Signer(string subject = "CN=hub-1, OU=hub", bool authority = false) => new(HubCertificate(subject, authority), _hubKey);

    public X509Certificate2 HubCertificate(string subject, bool authority = false)
    {
        CertificateRequest request = new(subject, _hubKey, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(authority, false, 0, true));
        return request.Create(Authority.SubjectName, X509SignatureGenerator.CreateForECDsa(_caKey), Now.AddDays(-1), Now.AddYears(1), [1, 2, 3]);
    }

    public void Dispose()
    {
        _caKey.Dispose();
        _hubKey.Dispose();
        Authority.Dispose();
    }
}
