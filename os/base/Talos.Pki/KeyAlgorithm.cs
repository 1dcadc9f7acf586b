namespace Talos.Pki;

/// <summary>Algorithm of a key pair.</summary>
public enum KeyAlgorithm
{
    /// <summary>ECDSA over NIST P-256, signing with SHA-256.</summary>
    EcdsaP256,

    /// <summary>Ed25519, RFC 8032.</summary>
    Ed25519,

    /// <summary>RSA with 4096 bits, signing with SHA-256 and PKCS #1 v1.5.</summary>
    Rsa4096,
}
