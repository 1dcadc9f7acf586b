using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Talos.Pki;

/// <summary>A certificate and its private key, both as PEM.</summary>
/// <param name="CertificatePem">The certificate, one PEM block.</param>
/// <param name="KeyPem">The private key, one PEM block; empty where only the certificate is known (a worker's CA).</param>
public sealed record CertificateAndKey(string CertificatePem, Secret KeyPem)
{
    /// <summary>The certificate with its key, as TLS needs it.</summary>
    /// <exception cref="PkiException">Broken PEM, or an Ed25519 key: the platform's TLS cannot use one.</exception>
    public X509Certificate2 ToX509Certificate()
    {
        PrivateKey key = PrivateKey.FromPem(KeyPem.Reveal());
        if (key.Algorithm is KeyAlgorithm.Ed25519)
        {
            throw new PkiException("certificate: an Ed25519 private key cannot be used for TLS here; use an ECDSA P-256 key");
        }

        try
        {
            return X509Certificate2.CreateFromPem(CertificatePem, KeyPem.Reveal());
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            throw new PkiException("certificate and key", e);
        }
    }
}
