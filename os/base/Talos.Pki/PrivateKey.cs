using System.Formats.Asn1;
using System.Security.Cryptography;

namespace Talos.Pki;

/// <summary>A private key that can sign. It holds bytes only, so nothing needs to be disposed.</summary>
public abstract class PrivateKey
{
    private protected PrivateKey(byte[] subjectPublicKeyInfo) => SubjectPublicKeyInfo = subjectPublicKeyInfo;

    /// <summary>Algorithm of the key.</summary>
    public abstract KeyAlgorithm Algorithm { get; }

    /// <summary>The public half as DER of a SubjectPublicKeyInfo. Source: RFC 5280, section 4.1.</summary>
    public ReadOnlyMemory<byte> SubjectPublicKeyInfo { get; }

    /// <summary>Makes a new key.</summary>
    public static PrivateKey Generate(KeyAlgorithm algorithm) => algorithm switch
    {
        KeyAlgorithm.EcdsaP256 => EcdsaPrivateKey.Generate(),
        KeyAlgorithm.Ed25519 => Ed25519PrivateKey.Generate(),
        KeyAlgorithm.Rsa4096 => RsaPrivateKey.Generate(),
        _ => throw new ArgumentOutOfRangeException(nameof(algorithm)),
    };

    /// <summary>Reads the first private key of <paramref name="pem"/>.</summary>
    /// <remarks>Labels: PRIVATE KEY, ED25519 PRIVATE KEY (PKCS #8 both), EC PRIVATE KEY, RSA PRIVATE KEY.</remarks>
    /// <exception cref="PkiException">No private key in it, a broken one, or one of another algorithm.</exception>
    public static PrivateKey FromPem(string pem)
    {
        PemBlock block = PemBlock.ReadAll(pem).FirstOrDefault(b => b.Label.EndsWith("PRIVATE KEY", StringComparison.Ordinal))
            ?? throw new PkiException("private key: no PEM block that ends in PRIVATE KEY");
        try
        {
            return block.Label switch
            {
                "EC PRIVATE KEY" => EcdsaPrivateKey.FromSec1(block.Data),
                "RSA PRIVATE KEY" => RsaPrivateKey.FromPkcs1(block.Data),
                "PRIVATE KEY" or "ED25519 PRIVATE KEY" => FromPkcs8(block.Data),
                _ => throw new PkiException($"private key: PEM label '{block.Label}' is not supported"),
            };
        }
        catch (Exception e) when (e is CryptographicException or AsnContentException or PlatformNotSupportedException or ArgumentException)
        {
            throw new PkiException($"private key: {block.Label}", e);
        }
    }

    /// <summary>The key as PEM, with the label that upstream's tools expect for its algorithm.</summary>
    public abstract Secret ToPem();

    /// <summary>Signs <paramref name="data"/>; the result is what X.509 wants as signature.</summary>
    public abstract byte[] Sign(byte[] data);

    /// <summary>Writes the AlgorithmIdentifier of this key's signatures.</summary>
    internal abstract void WriteSignatureAlgorithm(AsnWriter writer);

    private static PrivateKey FromPkcs8(byte[] der)
    {
        AsnReader outer = new AsnReader(der, AsnEncodingRules.DER).ReadSequence();
        outer.ReadInteger();
        string algorithm = outer.ReadSequence().ReadObjectIdentifier();
        return algorithm switch
        {
            Oids.Ed25519 => Ed25519PrivateKey.FromSeed(
                new AsnReader(outer.ReadOctetString(), AsnEncodingRules.DER).ReadOctetString()),
            Oids.EcPublicKey => EcdsaPrivateKey.FromPkcs8(der),
            Oids.RsaEncryption => RsaPrivateKey.FromPkcs8(der),
            _ => throw new PkiException($"private key: algorithm {algorithm} is not supported"),
        };
    }
}
