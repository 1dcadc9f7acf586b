using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace Talos.Rpc.Tls;

/// <summary>How our servers speak TLS: 1.2 or later, HTTP/2 only.</summary>
public static class ServerTls
{
    /// <summary>Options for a server that wants no client certificate.</summary>
    public static SslServerAuthenticationOptions Anonymous(TlsIdentity identity) => new()
    {
        ServerCertificateContext = identity.Context,
        EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
        ApplicationProtocols = [SslApplicationProtocol.Http2],
        ClientCertificateRequired = false,
        AllowRenegotiation = false,
        CertificateChainPolicy = StrangerChain.Policy([]),
    };

    /// <summary>Options for a server whose clients must show a certificate of one of the accepted CAs.</summary>
    public static SslServerAuthenticationOptions Mutual(
        TlsIdentity identity, IReadOnlyCollection<X509Certificate2> accepted, TimeProvider time)
    {
        SslServerAuthenticationOptions options = Anonymous(identity);
        options.ClientCertificateRequired = true;
        options.CertificateChainPolicy = StrangerChain.Policy(accepted);
        options.RemoteCertificateValidationCallback = (_, certificate, chain, _) =>
            certificate is X509Certificate2 presented
            && ClientCertificateCheck.Refuse(presented, TrustedChain.Intermediates(chain), accepted, time.GetUtcNow()) is null;
        return options;
    }
}
