using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Talos.Fleet.Hub.Identity;

/// <summary>How the certificates of others are judged. Nothing is ever fetched for it.</summary>
/// <remarks>
/// A certificate may name addresses where its issuer and its revocation list are. Without a policy the runtime asks there before any of our code sees
/// the certificate: a stranger would have the hub make requests for him, and hold up its threads with a server that does not answer.
/// </remarks>
internal static class TlsPolicy
{
    public const SslProtocols Protocols = SslProtocols.Tls12 | SslProtocols.Tls13;
    public const string ServerUse = "1.3.6.1.5.5.7.3.1";
    public const string ClientUse = "1.3.6.1.5.5.7.3.2";

    /// <summary>Trusts these authorities and no others.</summary>
    /// <param name="authorities">Their certificates.</param>
    /// <param name="use">What the certificate has to be for.</param>
    public static X509ChainPolicy Trusting(IEnumerable<X509Certificate2> authorities, string use)
    {
        X509ChainPolicy policy = System(use);
        policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        policy.CustomTrustStore.AddRange(authorities.ToArray());
        return policy;
    }

    /// <summary>Trusts the authorities of the system.</summary>
    public static X509ChainPolicy System(string use) => new()
    {
        RevocationMode = X509RevocationMode.NoCheck,
        DisableCertificateDownloads = true,
        ApplicationPolicy = { new Oid(use) },
    };

    /// <summary>A client that judges its server by a policy.</summary>
    /// <param name="policy">The policy.</param>
    /// <param name="certificate">What the client shows; null for nothing.</param>
    /// <param name="host">Name of the server; null when the caller sets it.</param>
    public static SslClientAuthenticationOptions Client(X509ChainPolicy policy, X509Certificate2? certificate = null, string? host = null) => new()
    {
        TargetHost = host,
        EnabledSslProtocols = Protocols,
        CertificateChainPolicy = policy,
        ClientCertificateContext = certificate is null ? null : SslStreamCertificateContext.Create(certificate, null, offline: true),
    };

    /// <summary>Handler of outgoing HTTP requests: no redirects, since they would make other requests of them.</summary>
    /// <param name="authorities">Whom to trust; empty: whom the system trusts.</param>
    public static SocketsHttpHandler Handler(IReadOnlyCollection<X509Certificate2> authorities) => new()
    {
        AllowAutoRedirect = false,
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = authorities.Count > 0 ? Trusting(authorities, ServerUse) : System(ServerUse) },
    };
}
