using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Talos.Fleet.Protocol;

/// <summary>What makes a certificate one that may sign orders.</summary>
internal static class HubCertificate
{
    private const string OrganizationalUnit = "2.5.4.11";
    private const string EcdsaSha256 = "1.2.840.10045.4.3.2";
    private const string EcdsaSha384 = "1.2.840.10045.4.3.3";
    private const string P256 = "1.2.840.10045.3.1.7";

    /// <summary>Null when it is a P-256 certificate with OU=hub that is no CA; else what it lacks.</summary>
    public static string? Problem(X509Certificate2 certificate)
    {
        bool hub = certificate.SubjectName.EnumerateRelativeDistinguishedNames()
            .Any(n => !n.HasMultipleElements && n.GetSingleElementType().Value == OrganizationalUnit && n.GetSingleElementValue() == "hub");
        if (!hub)
        {
            return $"certificate {certificate.Subject}: has no OU=hub";
        }

        if (certificate.Extensions.OfType<X509BasicConstraintsExtension>().Any(e => e.CertificateAuthority))
        {
            return $"certificate {certificate.Subject}: is one of a CA";
        }

        using ECDsa? key = certificate.GetECDsaPublicKey();
        return key?.ExportParameters(false).Curve.Oid.Value == P256 ? null : $"certificate {certificate.Subject}: its key is not ECDSA P-256";
    }

    /// <summary>Whether one of the CA's keys signed the certificate itself.</summary>
    public static bool IsIssuedBy(X509Certificate2 certificate, IReadOnlyList<X509Certificate2> authorities)
    {
        AsnReader outer = new AsnReader(certificate.RawDataMemory, AsnEncodingRules.DER).ReadSequence();
        ReadOnlyMemory<byte> signed = outer.ReadEncodedValue();
        string algorithm = outer.ReadSequence().ReadObjectIdentifier();
        byte[] signature = outer.ReadBitString(out _);
        HashAlgorithmName? hash = algorithm switch
        {
            EcdsaSha256 => HashAlgorithmName.SHA256,
            EcdsaSha384 => HashAlgorithmName.SHA384,
            _ => null,
        };
        if (hash is null)
        {
            return false;
        }

        foreach (X509Certificate2 authority in authorities)
        {
            using ECDsa? key = authority.GetECDsaPublicKey();
            if (key is not null && certificate.IssuerName.RawData.AsSpan().SequenceEqual(authority.SubjectName.RawData)
                && key.VerifyData(signed.Span, signature, hash.Value, DSASignatureFormat.Rfc3279DerSequence))
            {
                return true;
            }
        }

        return false;
    }
}
