using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Talos.Rpc.Tls;

/// <summary>A certificate with its key, ready for TLS.</summary>
public sealed class TlsIdentity : IDisposable
{
    private readonly X509Certificate2 _leaf;

    private TlsIdentity(X509Certificate2 leaf, X509Certificate2Collection chain)
    {
        _leaf = leaf;
        Context = SslStreamCertificateContext.Create(leaf, chain, offline: true);
    }

    /// <summary>The certificate with its chain, in the form that TLS streams take.</summary>
    public SslStreamCertificateContext Context { get; }

    /// <summary>The certificate itself.</summary>
    public X509Certificate2 Certificate => _leaf;

    /// <summary>Reads a certificate chain, leaf first, and the leaf's key.</summary>
    /// <exception cref="CryptographicException">One of both is not PEM, or the key is of another certificate.</exception>
    public static TlsIdentity FromPem(string certificates, string key)
    {
        X509Certificate2Collection chain = [];
        chain.ImportFromPem(certificates);
        if (chain.Count == 0)
        {
            throw new CryptographicException("no certificate in the PEM text");
        }

        chain.RemoveAt(0);
        return new TlsIdentity(X509Certificate2.CreateFromPem(certificates, key), chain);
    }

    /// <inheritdoc/>
    public void Dispose() => _leaf.Dispose();
}
