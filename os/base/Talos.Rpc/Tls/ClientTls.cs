using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Talos.Rpc.Tls;

/// <summary>How our clients speak TLS to a node.</summary>
public static class ClientTls
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";

    /// <summary>Options for a connection to a server whose certificate one of <paramref name="authorities"/> issued.</summary>
    /// <param name="identity">The client's certificate; null for a server that asks for none.</param>
    /// <param name="authorities">CAs to trust instead of those of the system.</param>
    /// <param name="time">The clock that validity ends are checked against.</param>
    public static SslClientAuthenticationOptions Trusting(
        TlsIdentity? identity, IReadOnlyCollection<X509Certificate2> authorities, TimeProvider time)
    {
        SslClientAuthenticationOptions options = Base(identity, authorities);
        options.RemoteCertificateValidationCallback = (_, certificate, chain, errors) =>
            certificate is X509Certificate2 presented
            && (errors & SslPolicyErrors.RemoteCertificateNameMismatch) == 0
            && IsTrusted(presented, TrustedChain.Intermediates(chain), authorities, time.GetUtcNow());
        return options;
    }

    /// <summary>Options for a node in maintenance mode, which nobody vouches for yet.</summary>
    /// <param name="accept">Sees the server's certificate, for one who knows its fingerprint; null takes any.</param>
    public static SslClientAuthenticationOptions Unverified(Func<X509Certificate2, bool>? accept = null)
    {
        SslClientAuthenticationOptions options = Base(null, []);
        options.RemoteCertificateValidationCallback = (_, certificate, _, _) =>
            certificate is X509Certificate2 presented && (accept is null || accept(presented));
        return options;
    }

    private static SslClientAuthenticationOptions Base(TlsIdentity? identity, IReadOnlyCollection<X509Certificate2> authorities) => new()
    {
        ClientCertificateContext = identity?.Context,
        EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
        CertificateChainPolicy = StrangerChain.Policy(authorities),
        ApplicationProtocols = [SslApplicationProtocol.Http2],
    };

    private static bool IsTrusted(
        X509Certificate2 certificate, IEnumerable<X509Certificate2> intermediates, IReadOnlyCollection<X509Certificate2> authorities, DateTimeOffset now)
    {
        using X509Chain chain = TrustedChain.Prepare(certificate, intermediates, authorities, now);
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid(ServerAuthentication));
        return chain.Build(certificate);
    }
}
