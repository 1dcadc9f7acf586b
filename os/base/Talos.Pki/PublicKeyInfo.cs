using System.Formats.Asn1;
using System.Security.Cryptography;
using Ed25519 = Org.BouncyCastle.Math.EC.Rfc8032.Ed25519;

namespace Talos.Pki;

/// <summary>Checks signatures against a public key given as SubjectPublicKeyInfo.</summary>
internal static class PublicKeyInfo
{
    /// <summary>True when <paramref name="signature"/> over <paramref name="data"/> was made with the key's private half.</summary>
    /// <exception cref="PkiException">A key of an algorithm that is not supported.</exception>
    public static bool Verify(ReadOnlyMemory<byte> subjectPublicKeyInfo, byte[] data, byte[] signature)
    {
        AsnReader info = new AsnReader(subjectPublicKeyInfo, AsnEncodingRules.DER).ReadSequence();
        string algorithm = info.ReadSequence().ReadObjectIdentifier();
        switch (algorithm)
        {
            case Oids.Ed25519:
                byte[] key = info.ReadBitString(out _);
                return key.Length == Ed25519.PublicKeySize
                    && signature.Length == Ed25519.SignatureSize
                    && Ed25519.Verify(signature, 0, key, 0, data, 0, data.Length);
            case Oids.EcPublicKey:
                using (var ecdsa = ECDsa.Create())
                {
                    ecdsa.ImportSubjectPublicKeyInfo(subjectPublicKeyInfo.Span, out _);
                    return ecdsa.VerifyData(data, signature, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
                }

            case Oids.RsaEncryption:
                using (var rsa = RSA.Create())
                {
                    rsa.ImportSubjectPublicKeyInfo(subjectPublicKeyInfo.Span, out _);
                    return rsa.VerifyData(data, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
                }

            default:
                throw new PkiException($"public key: algorithm {algorithm} is not supported");
        }
    }
}
