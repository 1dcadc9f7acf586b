using System.Formats.Asn1;
using System.Security.Cryptography;
using Ed25519 = Org.BouncyCastle.Math.EC.Rfc8032.Ed25519;

namespace Talos.Pki;

/// <summary>An Ed25519 key. The framework has no Ed25519, so the arithmetic is BouncyCastle's.</summary>
internal sealed class Ed25519PrivateKey : PrivateKey
{
    private readonly byte[] _seed;

    private Ed25519PrivateKey(byte[] seed) : base(PublicKeyInfo(seed)) => _seed = seed;

    public override KeyAlgorithm Algorithm => KeyAlgorithm.Ed25519;

    public static Ed25519PrivateKey Generate() => new(RandomNumberGenerator.GetBytes(Ed25519.SecretKeySize));

    public static Ed25519PrivateKey FromSeed(byte[] seed)
    {
        if (seed.Length != Ed25519.SecretKeySize)
        {
            throw new PkiException($"private key: an Ed25519 key has {Ed25519.SecretKeySize} bytes, not {seed.Length}");
        }

        return new Ed25519PrivateKey(seed);
    }

    public override Secret ToPem()
    {
        AsnWriter inner = new(AsnEncodingRules.DER);
        inner.WriteOctetString(_seed);
        AsnWriter writer = new(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteInteger(0);
            WriteSignatureAlgorithm(writer);
            writer.WriteOctetString(inner.Encode());
        }

        return new Secret(PemEncoding.WriteString("ED25519 PRIVATE KEY", writer.Encode()) + "\n");
    }

    public override byte[] Sign(byte[] data)
    {
        byte[] signature = new byte[Ed25519.SignatureSize];
        Ed25519.Sign(_seed, 0, data, 0, data.Length, signature, 0);
        return signature;
    }

    internal override void WriteSignatureAlgorithm(AsnWriter writer)
    {
        using (writer.PushSequence())
        {
            writer.WriteObjectIdentifier(Oids.Ed25519);
        }
    }

    private static byte[] PublicKeyInfo(byte[] seed)
    {
        byte[] publicKey = new byte[Ed25519.PublicKeySize];
        Ed25519.GeneratePublicKey(seed, 0, publicKey, 0);
        AsnWriter writer = new(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            using (writer.PushSequence())
            {
                writer.WriteObjectIdentifier(Oids.Ed25519);
            }

            writer.WriteBitString(publicKey);
        }

        return writer.Encode();
    }
}
