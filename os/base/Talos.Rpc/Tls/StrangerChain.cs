using System.Security.Cryptography.X509Certificates;

namespace Talos.Rpc.Tls;

/// <summary>How TLS looks at a peer's certificate before our own check does: without asking the network, whatever the certificate says.</summary>
/// <remarks>
/// The certificate is a stranger's at that moment. A chain that is built as the system builds it follows the addresses of issuers that
/// stand in it (authority information access), so whoever connects would choose what this process fetches, and for how long it waits.
/// </remarks>
public static class StrangerChain
{
    /// <summary>The policy for connections whose peers have to be of these CAs.</summary>
    public static X509ChainPolicy Policy(IEnumerable<X509Certificate2> accepted)
    {
        X509ChainPolicy policy = new()
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
        };
        policy.CustomTrustStore.AddRange(accepted.ToArray());
        return policy;
    }

    /// <summary>The policy for servers that a CA of the system vouches for.</summary>
    public static X509ChainPolicy OfSystem() => new()
    {
        TrustMode = X509ChainTrustMode.System,
        RevocationMode = X509RevocationMode.NoCheck,
        DisableCertificateDownloads = true,
    };
}
