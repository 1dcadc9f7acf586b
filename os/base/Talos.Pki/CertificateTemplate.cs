using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Talos.Pki;

/// <summary>A certificate to be signed. Source: RFC 5280, section 4.1.</summary>
internal sealed class CertificateTemplate
{
    private const int FirstYearOfGeneralizedTime = 2050;
    private const int SerialBytes = 16;

    public required byte[] Issuer { get; init; }

    public required byte[] Subject { get; init; }

    public required ReadOnlyMemory<byte> SubjectPublicKeyInfo { get; init; }

    public required DateTimeOffset NotBefore { get; init; }

    public required DateTimeOffset NotAfter { get; init; }

    public required IReadOnlyList<X509Extension> Extensions { get; init; }

    /// <summary>Signs the certificate and gives it as PEM.</summary>
    public string Sign(PrivateKey issuerKey)
    {
        byte[] toBeSigned = Encode(issuerKey);
        AsnWriter writer = new(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteEncodedValue(toBeSigned);
            issuerKey.WriteSignatureAlgorithm(writer);
            writer.WriteBitString(issuerKey.Sign(toBeSigned));
        }

        return Certificates.ToPem(writer.Encode());
    }

    private byte[] Encode(PrivateKey issuerKey)
    {
        AsnWriter writer = new(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 0)))
            {
                writer.WriteInteger(2);
            }

            writer.WriteIntegerUnsigned(NewSerial());
            issuerKey.WriteSignatureAlgorithm(writer);
            writer.WriteEncodedValue(Issuer);
            using (writer.PushSequence())
            {
                WriteTime(writer, NotBefore);
                WriteTime(writer, NotAfter);
            }

            writer.WriteEncodedValue(Subject);
            writer.WriteEncodedValue(SubjectPublicKeyInfo.Span);
            using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 3)))
            {
                WriteExtensions(writer, Extensions);
            }
        }

        return writer.Encode();
    }

    /// <summary>Writes the sequence of extensions, for certificates and signing requests.</summary>
    internal static void WriteExtensions(AsnWriter writer, IReadOnlyList<X509Extension> extensions)
    {
        using (writer.PushSequence())
        {
            foreach (X509Extension extension in extensions)
            {
                using (writer.PushSequence())
                {
                    writer.WriteObjectIdentifier(extension.Oid!.Value!);
                    if (extension.Critical)
                    {
                        writer.WriteBoolean(true);
                    }

                    writer.WriteOctetString(extension.RawData);
                }
            }
        }
    }

    private static byte[] NewSerial()
    {
        byte[] serial = RandomNumberGenerator.GetBytes(SerialBytes);
        serial[0] = (byte)((serial[0] & 0x3f) | 0x40);
        return serial;
    }

    private static void WriteTime(AsnWriter writer, DateTimeOffset time)
    {
        if (time.UtcDateTime.Year < FirstYearOfGeneralizedTime)
        {
            writer.WriteUtcTime(time);
        }
        else
        {
            writer.WriteGeneralizedTime(time, omitFractionalSeconds: true);
        }
    }
}
