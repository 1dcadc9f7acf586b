using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Talos.Pki;

/// <summary>Reading certificates and bundles of them.</summary>
public static class Certificates
{
    private const string Label = "CERTIFICATE";

    /// <summary>Every certificate of a bundle, in order; other PEM blocks are skipped.</summary>
    /// <exception cref="PkiException">A broken certificate, or none at all.</exception>
    public static IReadOnlyList<X509Certificate2> ReadBundle(string pem)
    {
        List<X509Certificate2> found = [];
        foreach (PemBlock block in PemBlock.ReadAll(pem).Where(b => b.Label == Label))
        {
            try
            {
                X509Certificate2 certificate = X509CertificateLoader.LoadCertificate(block.Data);
                ReadParts(certificate);
                found.Add(certificate);
            }
            catch (Exception e) when (e is CryptographicException or AsnContentException or ArgumentException)
            {
                throw new PkiException($"certificate {found.Count + 1} of the bundle", e);
            }
        }

        return found.Count > 0 ? found : throw new PkiException("certificate: no PEM block CERTIFICATE");
    }

    /// <summary>Reads one certificate.</summary>
    /// <exception cref="PkiException">None, or a broken one.</exception>
    public static X509Certificate2 Read(string pem) => ReadBundle(pem)[0];

    /// <summary>Joins PEM texts to one bundle; repeated certificates appear once.</summary>
    public static string Bundle(IEnumerable<string> pems) =>
        string.Concat(pems.SelectMany(PemBlock.ReadAll)
            .Where(b => b.Label == Label)
            .Select(b => ToPem(b.Data))
            .Distinct(StringComparer.Ordinal));

    /// <summary>Base64 of the SHA-256 over the certificate's SubjectPublicKeyInfo: what <c>--cert-fingerprint</c> takes.</summary>
    public static string Fingerprint(X509Certificate2 certificate) =>
        Convert.ToBase64String(SHA256.HashData(certificate.PublicKey.ExportSubjectPublicKeyInfo()));

    /// <summary>The roles of a client certificate: the known ones among its Organizations.</summary>
    public static IReadOnlyList<Role> Roles(X509Certificate2 certificate) => Role.Known(Organizations(certificate));

    /// <summary>Every Organization of the certificate's subject.</summary>
    public static IReadOnlyList<string> Organizations(X509Certificate2 certificate) =>
        DistinguishedName.Organizations(certificate.SubjectName.RawData);

    /// <summary>The framework decodes a certificate's parts when they are asked for; asked here, broken ones are found at once.</summary>
    private static void ReadParts(X509Certificate2 certificate)
    {
        certificate.PublicKey.ExportSubjectPublicKeyInfo();
        DistinguishedName.Organizations(certificate.SubjectName.RawData);
        if (certificate.NotAfter < certificate.NotBefore)
        {
            throw new CryptographicException("it ends before it begins");
        }

        foreach (X509Extension extension in certificate.Extensions)
        {
            _ = extension switch
            {
                X509BasicConstraintsExtension basic => basic.CertificateAuthority,
                X509SubjectKeyIdentifierExtension key => key.SubjectKeyIdentifierBytes.Length > 0,
                X509EnhancedKeyUsageExtension usage => usage.EnhancedKeyUsages.Count > 0,
                X509KeyUsageExtension usage => usage.KeyUsages is X509KeyUsageFlags.None,
                _ => extension.Critical,
            };
        }
    }

    internal static string ToPem(ReadOnlySpan<byte> der) => PemEncoding.WriteString(Label, der) + "\n";
}
