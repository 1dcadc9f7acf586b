using System.Formats.Asn1;
using System.Numerics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Talos.Pki;

/// <summary>What the check of a signature needs of a certificate, decoded at once and without a handle. Source: RFC 5280, section 4.1.</summary>
public sealed class SigningCertificate
{
    private const int MaximumSize = 16 * 1024;
    private const int KeyIdBytes = 20;

    private readonly byte[] _toBeSigned;
    private readonly byte[] _signature;
    private readonly byte[] _issuer;
    private readonly byte[] _subject;
    private readonly byte[] _publicKey;

    private SigningCertificate(byte[] der)
    {
        Der = der;
        AsnReader certificate = Sequence(new AsnReader(der, AsnEncodingRules.DER));
        _toBeSigned = certificate.PeekEncodedValue().ToArray();
        AsnReader body = certificate.ReadSequence();
        ReadOnlyMemory<byte> algorithm = certificate.ReadEncodedValue();
        _signature = certificate.ReadBitString(out int unusedBits);
        certificate.ThrowIfNotEmpty();

        body.ReadSequence(new Asn1Tag(TagClass.ContextSpecific, 0));
        Serial = SerialText(body.ReadInteger());
        if (unusedBits != 0 || !body.ReadEncodedValue().Span.SequenceEqual(algorithm.Span))
        {
            throw new CryptographicException("the algorithm of its signature is not the one that is signed");
        }

        _issuer = body.ReadEncodedValue().ToArray();
        AsnReader validity = body.ReadSequence();
        NotBefore = ReadTime(validity);
        NotAfter = ReadTime(validity);
        _subject = body.ReadEncodedValue().ToArray();
        _publicKey = body.ReadEncodedValue().ToArray();
        KeyId = Convert.ToHexStringLower(SHA256.HashData(_publicKey).AsSpan(0, KeyIdBytes));
        ReadExtensions(body);
    }

    /// <summary>The certificate as it is encoded.</summary>
    public ReadOnlyMemory<byte> Der { get; }

    /// <summary>Serial number in lower-case hexadecimal digits, without leading zeros.</summary>
    public string Serial { get; }

    /// <summary>The first 160 bits of the SHA-256 over the key, in lower-case hexadecimal digits. Source: RFC 7093, section 2.</summary>
    public string KeyId { get; }

    /// <summary>The first moment it is valid.</summary>
    public DateTimeOffset NotBefore { get; }

    /// <summary>The last moment it is valid.</summary>
    public DateTimeOffset NotAfter { get; }

    /// <summary>Whether it may sign other certificates.</summary>
    public bool IsAuthority { get; private set; }

    /// <summary>Whether it may sign code: extended key usage code signing, and a key usage that allows digital signatures or none.</summary>
    public bool IsCodeSigner { get; private set; }

    /// <summary>Its subject for people, such as <c>O=talos, CN=updates</c>.</summary>
    public string Subject => new X500DistinguishedName(_subject).Name;

    /// <summary>Decodes one certificate.</summary>
    /// <exception cref="PkiException">It is broken or larger than 16 KiB.</exception>
    public static SigningCertificate Decode(ReadOnlySpan<byte> der)
    {
        if (der.Length > MaximumSize)
        {
            throw new PkiException($"certificate: {der.Length} bytes are more than {MaximumSize}");
        }

        try
        {
            return new SigningCertificate(der.ToArray());
        }
        catch (Exception e) when (e is AsnContentException or CryptographicException)
        {
            throw new PkiException("certificate", e);
        }
    }

    /// <summary>Decodes every certificate of a PEM text, in order.</summary>
    /// <exception cref="PkiException">A broken certificate, or none at all.</exception>
    public static IReadOnlyList<SigningCertificate> DecodePem(string pem)
    {
        SigningCertificate[] found = [.. PemBlock.ReadAll(pem).Where(b => b.Label == "CERTIFICATE").Select(b => Decode(b.Data))];
        return found.Length > 0 ? found : throw new PkiException("certificate: no PEM block CERTIFICATE");
    }

    /// <summary>True when <paramref name="signature"/> over <paramref name="data"/> was made with this certificate's key.</summary>
    public bool Verify(byte[] data, byte[] signature)
    {
        try
        {
            return PublicKeyInfo.Verify(_publicKey, data, signature);
        }
        catch (Exception e) when (e is PkiException or AsnContentException or CryptographicException or ArgumentException)
        {
            return false;
        }
    }

    /// <summary>True when <paramref name="issuer"/> may sign certificates and has signed this one.</summary>
    public bool IsIssuedBy(SigningCertificate issuer) =>
        issuer.IsAuthority && _issuer.AsSpan().SequenceEqual(issuer._subject) && issuer.Verify(_toBeSigned, _signature);

    /// <summary>True when the other certificate is the same, byte by byte.</summary>
    public bool IsSameAs(SigningCertificate other) => Der.Span.SequenceEqual(other.Der.Span);

    private static AsnReader Sequence(AsnReader outer)
    {
        AsnReader inner = outer.ReadSequence();
        outer.ThrowIfNotEmpty();
        return inner;
    }

    private static string SerialText(BigInteger serial)
    {
        string text = Convert.ToHexStringLower(serial.ToByteArray(isUnsigned: serial.Sign >= 0, isBigEndian: true)).TrimStart('0');
        return text.Length > 0 ? text : "0";
    }

    private static DateTimeOffset ReadTime(AsnReader validity) =>
        validity.PeekTag().HasSameClassAndValue(Asn1Tag.UtcTime) ? validity.ReadUtcTime() : validity.ReadGeneralizedTime();

    private void ReadExtensions(AsnReader body)
    {
        Asn1Tag extensionsTag = new(TagClass.ContextSpecific, 3);
        bool mayKeyUsageSign = true, mayKeyUsageIssue = true, codeSigning = false, authority = false;
        while (body.HasData)
        {
            if (!body.PeekTag().HasSameClassAndValue(extensionsTag))
            {
                body.ReadEncodedValue();
                continue;
            }

            AsnReader extensions = Sequence(body.ReadSequence(extensionsTag));
            while (extensions.HasData)
            {
                AsnReader extension = extensions.ReadSequence();
                string oid = extension.ReadObjectIdentifier();
                bool critical = extension.PeekTag().HasSameClassAndValue(Asn1Tag.Boolean) && extension.ReadBoolean();
                AsnReader value = new(extension.ReadOctetString(), AsnEncodingRules.DER);
                switch (oid)
                {
                    case Oids.BasicConstraints:
                        AsnReader constraints = value.ReadSequence();
                        authority = constraints.HasData && constraints.PeekTag().HasSameClassAndValue(Asn1Tag.Boolean) && constraints.ReadBoolean();
                        break;
                    case Oids.KeyUsage:
                        byte[] bits = value.ReadBitString(out _);
                        mayKeyUsageSign = bits.Length > 0 && (bits[0] & 0x80) != 0;
                        mayKeyUsageIssue = bits.Length > 0 && (bits[0] & 0x04) != 0;
                        break;
                    case Oids.ExtendedKeyUsage:
                        for (AsnReader usages = value.ReadSequence(); usages.HasData;)
                        {
                            codeSigning |= usages.ReadObjectIdentifier() == Oids.CodeSigning;
                        }

                        break;
                    default:
                        if (critical)
                        {
                            throw new CryptographicException($"critical extension {oid} is not known");
                        }

                        break;
                }
            }
        }

        IsAuthority = authority && mayKeyUsageIssue;
        IsCodeSigner = codeSigning && mayKeyUsageSign;
    }
}
