using System.Formats.Asn1;
using System.Security.Cryptography;

namespace Talos.Pki;

/// <summary>An RSA key; new ones have 4096 bits, smaller ones down to 2048 are read.</summary>
internal sealed class RsaPrivateKey : PrivateKey
{
    private const int NewKeyBits = 4096;
    private const int SmallestKeyBits = 2048;
    private readonly byte[] _pkcs1;

    private RsaPrivateKey(byte[] pkcs1, byte[] subjectPublicKeyInfo) : base(subjectPublicKeyInfo) => _pkcs1 = pkcs1;

    public override KeyAlgorithm Algorithm => KeyAlgorithm.Rsa4096;

    public static RsaPrivateKey Generate()
    {
        using var key = RSA.Create(NewKeyBits);
        return From(key);
    }

    public static RsaPrivateKey FromPkcs1(byte[] der)
    {
        using var key = RSA.Create();
        key.ImportRSAPrivateKey(der, out _);
        return From(key);
    }

    public static RsaPrivateKey FromPkcs8(byte[] der)
    {
        using var key = RSA.Create();
        key.ImportPkcs8PrivateKey(der, out _);
        return From(key);
    }

    public override Secret ToPem()
    {
        using RSA key = Open();
        return new Secret(key.ExportRSAPrivateKeyPem() + "\n");
    }

    public override byte[] Sign(byte[] data)
    {
        using RSA key = Open();
        return key.SignData(data, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
    }

    internal override void WriteSignatureAlgorithm(AsnWriter writer)
    {
        using (writer.PushSequence())
        {
            writer.WriteObjectIdentifier(Oids.Sha256WithRsa);
            writer.WriteNull();
        }
    }

    private static RsaPrivateKey From(RSA key)
    {
        if (key.KeySize < SmallestKeyBits)
        {
            throw new PkiException($"private key: RSA with {key.KeySize} bits is less than {SmallestKeyBits}");
        }

        return new RsaPrivateKey(key.ExportRSAPrivateKey(), key.ExportSubjectPublicKeyInfo());
    }

    private RSA Open()
    {
        var key = RSA.Create();
        key.ImportRSAPrivateKey(_pkcs1, out _);
        return key;
    }
}
