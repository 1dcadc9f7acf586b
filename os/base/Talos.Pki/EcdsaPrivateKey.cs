using System.Formats.Asn1;
using System.Security.Cryptography;

namespace Talos.Pki;

/// <summary>An ECDSA key over P-256.</summary>
internal sealed class EcdsaPrivateKey : PrivateKey
{
    private const int KeyBits = 256;
    private readonly byte[] _pkcs8;

    private EcdsaPrivateKey(byte[] pkcs8, byte[] subjectPublicKeyInfo) : base(subjectPublicKeyInfo) => _pkcs8 = pkcs8;

    public override KeyAlgorithm Algorithm => KeyAlgorithm.EcdsaP256;

    public static EcdsaPrivateKey Generate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return From(key);
    }

    public static EcdsaPrivateKey FromSec1(byte[] der)
    {
        using var key = ECDsa.Create();
        key.ImportECPrivateKey(der, out _);
        return From(key);
    }

    public static EcdsaPrivateKey FromPkcs8(byte[] der)
    {
        using var key = ECDsa.Create();
        key.ImportPkcs8PrivateKey(der, out _);
        return From(key);
    }

    public override Secret ToPem()
    {
        using ECDsa key = Open();
        return new Secret(key.ExportECPrivateKeyPem() + "\n");
    }

    public override byte[] Sign(byte[] data)
    {
        using ECDsa key = Open();
        return key.SignData(data, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
    }

    internal override void WriteSignatureAlgorithm(AsnWriter writer)
    {
        using (writer.PushSequence())
        {
            writer.WriteObjectIdentifier(Oids.EcdsaWithSha256);
        }
    }

    private static EcdsaPrivateKey From(ECDsa key)
    {
        if (key.KeySize != KeyBits)
        {
            throw new PkiException($"private key: an elliptic curve of {key.KeySize} bits is not supported, only P-256 is");
        }

        return new EcdsaPrivateKey(key.ExportPkcs8PrivateKey(), key.ExportSubjectPublicKeyInfo());
    }

    private ECDsa Open()
    {
        var key = ECDsa.Create();
        key.ImportPkcs8PrivateKey(_pkcs8, out _);
        return key;
    }
}
