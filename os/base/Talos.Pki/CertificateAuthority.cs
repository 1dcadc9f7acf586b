using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Talos.Pki;

/// <summary>A certificate authority: its certificate, its private key and what it issues.</summary>
public sealed class CertificateAuthority
{
    /// <summary>How long a new authority lasts: ten years.</summary>
    public static readonly TimeSpan AuthorityLifetime = TimeSpan.FromHours(87600);

    /// <summary>How long an administrator's client certificate lasts: one year.</summary>
    public static readonly TimeSpan AdminLifetime = TimeSpan.FromHours(8760);

    /// <summary>How long the certificates of a node's own API last: a day.</summary>
    public static readonly TimeSpan NodeLifetime = TimeSpan.FromHours(24);

    /// <summary>How far back a certificate starts: clocks of nodes and workstations differ.</summary>
    public static readonly TimeSpan ClockSkew = TimeSpan.FromHours(1);

    private readonly X509Certificate2 _certificate;
    private readonly PrivateKey _key;
    private readonly TimeProvider _clock;

    private CertificateAuthority(string certificatePem, X509Certificate2 certificate, PrivateKey key, TimeProvider clock)
    {
        CertificatePem = certificatePem;
        _certificate = certificate;
        _key = key;
        _clock = clock;
    }

    /// <summary>The authority's certificate.</summary>
    public string CertificatePem { get; }

    /// <summary>The authority's certificate and key.</summary>
    public CertificateAndKey Pair => new(CertificatePem, _key.ToPem());

    /// <summary>Algorithm of the authority's key.</summary>
    public KeyAlgorithm Algorithm => _key.Algorithm;

    /// <summary>Makes a self-signed authority.</summary>
    public static CertificateAuthority Create(AuthorityOptions options, TimeProvider clock)
    {
        var key = PrivateKey.Generate(options.Algorithm);
        DateTimeOffset now = clock.GetUtcNow();
        byte[] name = DistinguishedName.Encode(
            options.Organization.Length > 0 ? [options.Organization] : [], options.CommonName);
        CertificateTemplate template = new()
        {
            Issuer = name,
            Subject = name,
            SubjectPublicKeyInfo = key.SubjectPublicKeyInfo,
            NotBefore = now - ClockSkew,
            NotAfter = now + options.Lifetime,
            Extensions =
            [
                new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature | X509KeyUsageFlags.KeyCertSign, critical: true),
                EnhancedKeyUsage(Oids.ServerAuth, Oids.ClientAuth),
                new X509BasicConstraintsExtension(certificateAuthority: true, false, 0, critical: true),
                new X509SubjectKeyIdentifierExtension(KeyIdentifier(key.SubjectPublicKeyInfo), critical: false),
            ],
        };
        string pem = template.Sign(key);
        return new CertificateAuthority(pem, Certificates.Read(pem), key, clock);
    }

    /// <summary>Loads an authority.</summary>
    /// <exception cref="PkiException">Broken PEM, not an authority, or a key that is not the certificate's.</exception>
    public static CertificateAuthority Load(CertificateAndKey pair, TimeProvider clock)
    {
        X509Certificate2 certificate = Certificates.Read(pair.CertificatePem);
        var key = PrivateKey.FromPem(pair.KeyPem.Reveal());
        if (!certificate.Extensions.OfType<X509BasicConstraintsExtension>().Any(e => e.CertificateAuthority))
        {
            throw new PkiException("certificate authority: the certificate may not sign others (no basic constraint CA)");
        }

        if (!certificate.PublicKey.ExportSubjectPublicKeyInfo().AsSpan().SequenceEqual(key.SubjectPublicKeyInfo.Span))
        {
            throw new PkiException("certificate authority: the private key does not belong to the certificate");
        }

        return new CertificateAuthority(Certificates.ToPem(certificate.RawData), certificate, key, clock);
    }

    /// <summary>Issues a client certificate with a new P-256 key; <paramref name="roles"/> become its Organizations.</summary>
    public CertificateAndKey IssueClient(IEnumerable<Role> roles, TimeSpan lifetime)
    {
        var key = PrivateKey.Generate(KeyAlgorithm.EcdsaP256);
        return new CertificateAndKey(IssueClient(roles.Select(r => r.Name), null, key.SubjectPublicKeyInfo, lifetime), key.ToPem());
    }

    /// <summary>Issues a client certificate for any organizations and common name, as Kubernetes uses them.</summary>
    public CertificateAndKey IssueClient(IEnumerable<string> organizations, string? commonName, TimeSpan lifetime)
    {
        var key = PrivateKey.Generate(KeyAlgorithm.EcdsaP256);
        return new CertificateAndKey(IssueClient(organizations, commonName, key.SubjectPublicKeyInfo, lifetime), key.ToPem());
    }

    /// <summary>Issues a server certificate with a new P-256 key.</summary>
    /// <param name="names">Subject alternative names; at least one.</param>
    /// <param name="commonName">Common name; null for none.</param>
    /// <param name="lifetime">From now on.</param>
    public CertificateAndKey IssueServer(SubjectNames names, string? commonName, TimeSpan lifetime)
    {
        var key = PrivateKey.Generate(KeyAlgorithm.EcdsaP256);
        return new CertificateAndKey(IssueServer(names, commonName, key.SubjectPublicKeyInfo, lifetime), key.ToPem());
    }

    /// <summary>Issues a certificate that may sign code, such as updates, with a new key.</summary>
    public CertificateAndKey IssueCodeSigner(string commonName, KeyAlgorithm algorithm, TimeSpan lifetime)
    {
        var key = PrivateKey.Generate(algorithm);
        string certificate = Issue(
            DistinguishedName.Encode([], commonName), key.SubjectPublicKeyInfo, lifetime, [EnhancedKeyUsage(Oids.CodeSigning)]);
        return new CertificateAndKey(certificate, key.ToPem());
    }

    /// <summary>Signs a node's request as a server certificate: names are kept, Organizations are dropped, so it grants no role.</summary>
    public string SignServer(CertificateSigningRequest request, TimeSpan lifetime) =>
        IssueServer(request.Names, request.CommonName, request.SubjectPublicKeyInfo, lifetime);

    /// <summary>Signs a request as a client certificate with the Organizations it asks for.</summary>
    public string SignClient(CertificateSigningRequest request, TimeSpan lifetime) =>
        IssueClient(request.Organizations, request.CommonName, request.SubjectPublicKeyInfo, lifetime);

    private string IssueClient(IEnumerable<string> organizations, string? commonName, ReadOnlyMemory<byte> key, TimeSpan lifetime) =>
        Issue(DistinguishedName.Encode(organizations, commonName), key, lifetime, [EnhancedKeyUsage(Oids.ClientAuth)]);

    private string IssueServer(SubjectNames names, string? commonName, ReadOnlyMemory<byte> key, TimeSpan lifetime)
    {
        if (names.IsEmpty)
        {
            throw new PkiException("server certificate: neither a name nor an address is given");
        }

        return Issue(
            DistinguishedName.Encode([], commonName), key, lifetime, [EnhancedKeyUsage(Oids.ServerAuth), names.ToExtension(critical: string.IsNullOrEmpty(commonName))]);
    }

    private string Issue(byte[] subject, ReadOnlyMemory<byte> subjectKey, TimeSpan lifetime, IReadOnlyList<X509Extension> extensions)
    {
        DateTimeOffset now = _clock.GetUtcNow();
        DateTimeOffset lastUse = new(_certificate.NotAfter.ToUniversalTime());
        CertificateTemplate template = new()
        {
            Issuer = _certificate.SubjectName.RawData,
            Subject = subject,
            SubjectPublicKeyInfo = subjectKey,
            NotBefore = now - ClockSkew,
            NotAfter = now + lifetime < lastUse ? now + lifetime : lastUse,
            Extensions =
            [
                new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true),
                .. extensions,
                X509AuthorityKeyIdentifierExtension.CreateFromSubjectKeyIdentifier(
                    KeyIdentifier(_certificate)),
            ],
        };
        return template.Sign(_key);
    }

    private static X509EnhancedKeyUsageExtension EnhancedKeyUsage(params ReadOnlySpan<string> usages)
    {
        OidCollection oids = [];
        foreach (string usage in usages)
        {
            oids.Add(new Oid(usage));
        }

        return new X509EnhancedKeyUsageExtension(oids, critical: false);
    }

    private static byte[] KeyIdentifier(X509Certificate2 certificate) =>
        certificate.Extensions.OfType<X509SubjectKeyIdentifierExtension>().FirstOrDefault()?.SubjectKeyIdentifierBytes.ToArray()
        ?? KeyIdentifier(certificate.PublicKey.ExportSubjectPublicKeyInfo());

    /// <summary>The first 160 bits of the SHA-256 over the key. Source: RFC 7093, section 2.</summary>
    private static byte[] KeyIdentifier(ReadOnlyMemory<byte> subjectPublicKeyInfo) =>
        SHA256.HashData(subjectPublicKeyInfo.Span)[..20];
}
