using System.Formats.Asn1;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Talos.Fleet.Hub.Store;
using Talos.Fleet.Protocol;

namespace Talos.Fleet.Hub.Identity;

/// <summary>The fleet CA and what it issued to this hub; made in the data folder when it is not there.</summary>
internal sealed class FleetAuthority : IDisposable
{
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";
    private readonly X509Certificate2 _ca;
    private readonly X509Certificate2 _signing;

    private FleetAuthority(X509Certificate2 ca, X509Certificate2 signing, X509Certificate2 server, string? newAdmin)
    {
        (_ca, _signing, Server, NewAdmin) = (ca, signing, server, newAdmin);
        Certificate = X509CertificateLoader.LoadCertificate(ca.RawData);
        Signer = new OrderSigner(X509CertificateLoader.LoadCertificate(signing.RawData), signing.GetECDsaPrivateKey()!);
    }

    /// <summary>The CA's certificate, without the key.</summary>
    public X509Certificate2 Certificate { get; }

    /// <summary>Certificate and key of HTTPS and of the embedded broker.</summary>
    public X509Certificate2 Server { get; }

    /// <summary>Certificate and key of this hub as a client of a broker.</summary>
    public X509Certificate2 Client => _signing;

    /// <summary>Signs orders.</summary>
    public OrderSigner Signer { get; }

    /// <summary>File with the first administrator's certificate and key, when it was made just now.</summary>
    public string? NewAdmin { get; }

    /// <summary>Loads or makes everything below the data folder.</summary>
    public static FleetAuthority Open(HubOptions options, DateTimeOffset now)
    {
        DataFolder.Make(options.Data);
        DataFolder.Tighten(options.Data);
        string? admin = null;
        using X509Certificate2 ca = Load(options, "ca") ?? Save(options, "ca", MakeAuthority(now));
        X509Certificate2 signing = LoadFresh(options, "hub", now) ?? Save(options, "hub", Issue(ca, $"CN={options.Name}, OU=hub", [ClientAuthentication], [], now, 825));
        X509Certificate2 server = LoadFresh(options, "server", now, options.Names) ?? Save(options, "server", Issue(ca, $"CN={options.Names[0]}", [ServerAuthentication], options.Names, now, 825));
        if (!File.Exists(PathOf(options, "admin.pem")))
        {
            using X509Certificate2 person = Issue(ca, "CN=admin, OU=admin", [ClientAuthentication], [], now, 365);
            admin = PathOf(options, "admin.pem");
            Write(admin, $"{person.ExportCertificatePem()}\n{person.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem()}\n");
        }

        return new FleetAuthority(Reload(ca), Reload(signing), Reload(server), admin);
    }

    /// <summary>Issues a person's certificate and key in PEM.</summary>
    public string IssuePerson(string name, FleetRole role, int days, DateTimeOffset now)
    {
        using X509Certificate2 person = Issue(_ca, $"CN={name}, OU={RoleWord(role)}", [ClientAuthentication], [], now, days);
        return $"{person.ExportCertificatePem()}\n{person.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem()}\n";
    }

    /// <summary>Issues a node's certificate for its request.</summary>
    public X509Certificate2 IssueNode(string node, PublicKey key, int days, DateTimeOffset now)
    {
        CertificateRequest request = new(new X500DistinguishedName($"CN={node}, OU=node"), key, HashAlgorithmName.SHA256);
        return Sign(_ca, request, [ClientAuthentication], [], now, days);
    }

    /// <summary>Reads a request; null and the problem when it is none of a node.</summary>
    public static (string Node, PublicKey Key)? ReadRequest(string pem, out string problem)
    {
        try
        {
            CertificateRequest request = CertificateRequest.LoadSigningRequestPem(pem, HashAlgorithmName.SHA256);
            string name = CommonName(request.SubjectName) ?? "";
            using ECDsa? key = request.PublicKey.GetECDsaPublicKey();
            problem = !NodeId.IsValid(name) ? $"csr: CommonName {name} is no node id: 1 to 64 of a-z 0-9 -, not beginning with {NodeId.HubPrefix}"
                : key?.ExportParameters(false).Curve.Oid.Value != "1.2.840.10045.3.1.7" ? "csr: the key is not ECDSA P-256"
                : "";
            return problem.Length == 0 ? (name, request.PublicKey) : null;
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException or AsnContentException)
        {
            problem = $"csr: {e.Message}";
            return null;
        }
    }

    /// <summary>Whether the CA issued a certificate and it is in time; revocation is asked elsewhere.</summary>
    public bool Issued(X509Certificate2 certificate, DateTimeOffset now)
    {
        using X509Chain chain = new();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(Certificate);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.VerificationTime = now.UtcDateTime;
        return chain.Build(certificate);
    }

    /// <summary>The list of revoked certificates, in DER.</summary>
    public byte[] RevocationList(IEnumerable<(string Serial, DateTimeOffset Time)> revoked, DateTimeOffset now)
    {
        CertificateRevocationListBuilder builder = new();
        foreach ((string serial, DateTimeOffset time) in revoked)
        {
            builder.AddEntry(Convert.FromHexString(serial), time);
        }

        return builder.Build(_ca, now.ToUnixTimeMilliseconds(), now.AddDays(7), HashAlgorithmName.SHA256, thisUpdate: now.AddHours(-1));
    }

    public static string? CommonName(X500DistinguishedName name) => Part(name, "2.5.4.3");

    /// <summary>The role a certificate gives a person; null for a node's or a hub's.</summary>
    public static FleetRole? RoleOf(X509Certificate2 certificate) => Part(certificate.SubjectName, "2.5.4.11") switch
    {
        "viewer" => FleetRole.Viewer,
        "operator" => FleetRole.Operator,
        "admin" => FleetRole.Admin,
        _ => null,
    };

    public static bool IsNode(X509Certificate2 certificate) => Part(certificate.SubjectName, "2.5.4.11") == "node";

    public static bool IsHub(X509Certificate2 certificate) => Part(certificate.SubjectName, "2.5.4.11") == "hub";

    public static string RoleWord(FleetRole role) => role switch
    {
        FleetRole.Viewer => "viewer",
        FleetRole.Operator => "operator",
        FleetRole.Admin => "admin",
    };

    public static string PathOf(HubOptions options, string file) => Path.Combine(options.Data, file);

    public void Dispose()
    {
        _ca.Dispose();
        _signing.Dispose();
        Server.Dispose();
        Certificate.Dispose();
    }

    /// <summary>Writes a file only its owner may read, whole or not at all.</summary>
    internal static void Write(string path, string text)
    {
        string part = path + ".part";
        File.Delete(part);
        using (FileStream file = new(part, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = DataFolder.File }))
        {
            file.Write(System.Text.Encoding.UTF8.GetBytes(text));
            file.Flush(flushToDisk: true);
        }

        File.Move(part, path, overwrite: true);
    }

    private static string? Part(X500DistinguishedName name, string oid) =>
        name.EnumerateRelativeDistinguishedNames().FirstOrDefault(n => !n.HasMultipleElements && n.GetSingleElementType().Value == oid)?.GetSingleElementValue();

    private static X509Certificate2 MakeAuthority(DateTimeOffset now)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new("CN=talos-fleet", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, true, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        return request.CreateSelfSigned(now.AddHours(-1), now.AddYears(20));
    }

    private static X509Certificate2 Issue(X509Certificate2 ca, string subject, string[] usages, IReadOnlyList<string> names, DateTimeOffset now, int days)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using X509Certificate2 bare = Sign(ca, new CertificateRequest(subject, key, HashAlgorithmName.SHA256), usages, names, now, days);
        return bare.CopyWithPrivateKey(key);
    }

    private static X509Certificate2 Sign(X509Certificate2 ca, CertificateRequest request, string[] usages, IReadOnlyList<string> names, DateTimeOffset now, int days)
    {
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([.. usages.Select(u => new Oid(u))], false));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(ca, true, false));
        if (names.Count > 0)
        {
            SubjectAlternativeNameBuilder alternative = new();
            foreach (string name in names)
            {
                if (IPAddress.TryParse(name, out IPAddress? address))
                {
                    alternative.AddIpAddress(address);
                }
                else
                {
                    alternative.AddDnsName(name);
                }
            }

            request.CertificateExtensions.Add(alternative.Build());
        }

        // Positive and never 0: the first byte is between 1 and 127.
        byte[] serial = RandomNumberGenerator.GetBytes(16);
        serial[0] = (byte)((serial[0] & 0x7f) | 0x01);
        DateTimeOffset end = now.AddDays(days) < ca.NotAfter ? now.AddDays(days) : ca.NotAfter;
        return request.Create(ca.SubjectName, X509SignatureGenerator.CreateForECDsa(ca.GetECDsaPrivateKey()!), now.AddHours(-1), end, serial);
    }

    private static X509Certificate2? LoadFresh(HubOptions options, string name, DateTimeOffset now, IReadOnlyList<string>? names = null)
    {
        X509Certificate2? loaded = Load(options, name);
        bool fresh = loaded is not null && loaded.NotAfter > now.AddDays(90).UtcDateTime
            && (names is null || names.All(n => loaded.MatchesHostname(n)));
        if (!fresh)
        {
            loaded?.Dispose();
        }

        return fresh ? loaded : null;
    }

    private static X509Certificate2? Load(HubOptions options, string name)
    {
        string certificate = PathOf(options, $"{name}.pem"), key = PathOf(options, $"{name}.key");
        return File.Exists(certificate) && File.Exists(key) ? X509Certificate2.CreateFromPemFile(certificate, key) : null;
    }

    private static X509Certificate2 Save(HubOptions options, string name, X509Certificate2 certificate)
    {
        Write(PathOf(options, $"{name}.key"), certificate.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem() + "\n");
        Write(PathOf(options, $"{name}.pem"), certificate.ExportCertificatePem() + "\n");
        return certificate;
    }

    /// <summary>A key that was made or read from PEM is not usable for TLS on every platform until it went through a store of keys.</summary>
    private static X509Certificate2 Reload(X509Certificate2 certificate) => X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), null);
}
