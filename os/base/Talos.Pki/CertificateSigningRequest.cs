using System.Formats.Asn1;
using System.Security.Cryptography;

namespace Talos.Pki;

/// <summary>A signing request whose signature was checked. Source: RFC 2986.</summary>
public sealed record CertificateSigningRequest
{
    private const string Label = "CERTIFICATE REQUEST";

    private CertificateSigningRequest() { }

    /// <summary>Organizations of the wanted subject.</summary>
    public required IReadOnlyList<string> Organizations { get; init; }

    /// <summary>Common name of the wanted subject; null for none.</summary>
    public string? CommonName { get; init; }

    /// <summary>Wanted subject alternative names.</summary>
    public required SubjectNames Names { get; init; }

    /// <summary>The key to be certified.</summary>
    public required ReadOnlyMemory<byte> SubjectPublicKeyInfo { get; init; }

    /// <summary>Makes a request for <paramref name="key"/> and signs it with it; the result is PEM.</summary>
    public static string Create(PrivateKey key, IEnumerable<string> organizations, string? commonName, SubjectNames names)
    {
        AsnWriter info = new(AsnEncodingRules.DER);
        using (info.PushSequence())
        {
            info.WriteInteger(0);
            info.WriteEncodedValue(DistinguishedName.Encode(organizations, commonName));
            info.WriteEncodedValue(key.SubjectPublicKeyInfo.Span);
            using (info.PushSetOf(new Asn1Tag(TagClass.ContextSpecific, 0)))
            {
                WriteExtensionRequest(info, names);
            }
        }

        byte[] toBeSigned = info.Encode();
        AsnWriter writer = new(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteEncodedValue(toBeSigned);
            key.WriteSignatureAlgorithm(writer);
            writer.WriteBitString(key.Sign(toBeSigned));
        }

        return PemEncoding.WriteString(Label, writer.Encode()) + "\n";
    }

    /// <summary>Reads a request and checks that it was signed with the key it names.</summary>
    /// <exception cref="PkiException">Broken PEM or DER, or a wrong signature.</exception>
    public static CertificateSigningRequest Parse(string pem)
    {
        PemBlock block = PemBlock.ReadAll(pem).FirstOrDefault(b => b.Label == Label)
            ?? throw new PkiException($"signing request: no PEM block {Label}");
        try
        {
            return Parse(block.Data);
        }
        catch (Exception e) when (e is AsnContentException or CryptographicException or PlatformNotSupportedException or ArgumentException)
        {
            throw new PkiException("signing request", e);
        }
    }

    private static CertificateSigningRequest Parse(byte[] der)
    {
        AsnReader outer = new AsnReader(der, AsnEncodingRules.DER).ReadSequence();
        byte[] toBeSigned = outer.PeekEncodedValue().ToArray();
        AsnReader info = outer.ReadSequence();
        outer.ReadSequence();
        byte[] signature = outer.ReadBitString(out _);

        info.ReadInteger();
        ReadOnlyMemory<byte> subject = info.ReadEncodedValue();
        ReadOnlyMemory<byte> key = info.ReadEncodedValue();
        SubjectNames names = info.HasData ? ReadNames(info.ReadSetOf(new Asn1Tag(TagClass.ContextSpecific, 0))) : SubjectNames.None;
        if (!PublicKeyInfo.Verify(key, toBeSigned, signature))
        {
            throw new PkiException("signing request: the signature does not match its key");
        }

        return new CertificateSigningRequest
        {
            Organizations = DistinguishedName.Organizations(subject),
            CommonName = DistinguishedName.CommonName(subject),
            Names = names,
            SubjectPublicKeyInfo = key,
        };
    }

    private static void WriteExtensionRequest(AsnWriter info, SubjectNames names)
    {
        if (names.IsEmpty)
        {
            return;
        }

        using (info.PushSequence())
        {
            info.WriteObjectIdentifier(Oids.ExtensionRequest);
            using (info.PushSetOf())
            {
                CertificateTemplate.WriteExtensions(info, [names.ToExtension(critical: false)]);
            }
        }
    }

    private static SubjectNames ReadNames(AsnReader attributes)
    {
        while (attributes.HasData)
        {
            AsnReader attribute = attributes.ReadSequence();
            if (attribute.ReadObjectIdentifier() != Oids.ExtensionRequest)
            {
                continue;
            }

            AsnReader extensions = attribute.ReadSetOf().ReadSequence();
            while (extensions.HasData)
            {
                AsnReader extension = extensions.ReadSequence();
                string oid = extension.ReadObjectIdentifier();
                if (extension.PeekTag().HasSameClassAndValue(Asn1Tag.Boolean))
                {
                    extension.ReadBoolean();
                }

                byte[] data = extension.ReadOctetString();
                if (oid == Oids.SubjectAlternativeName)
                {
                    return SubjectNames.FromExtension(data);
                }
            }
        }

        return SubjectNames.None;
    }
}
