using System.Net;
using System.Security.Cryptography.X509Certificates;
using Talos.Pki;

namespace Talos.Kubernetes.Ports;

/// <summary>The certificates by which the kubelet and this node know each other; made new when the node starts.</summary>
internal sealed class KubeletIdentity(TimeProvider time)
{
    private static readonly TimeSpan RenewBefore = TimeSpan.FromDays(30);

    private readonly Lock _lock = new();
    private X509Certificate2? _authority;
    private X509Certificate2? _client;

    /// <summary>PEM of the authority, once made.</summary>
    public string AuthorityPem { get; private set; } = "";

    /// <summary>The kubelet's certificate and key, once made.</summary>
    public CertificateAndKey? Server { get; private set; }

    /// <summary>Our certificate and the authority of the kubelet's; null before they are made.</summary>
    public (X509Certificate2 Client, X509Certificate2 Authority)? Client
    {
        get
        {
            lock (_lock)
            {
                return _client is { } client && _authority is { } authority ? (client, authority) : null;
            }
        }
    }

    /// <summary>Makes the certificates when there are none, or when they do not hold at this time: a node without a clock starts in the past.</summary>
    public void Ensure(string nodename)
    {
        lock (_lock)
        {
            DateTimeOffset now = time.GetUtcNow();
            if (_authority is not null && _authority.NotBefore.ToUniversalTime() <= now.UtcDateTime
                && (now + RenewBefore).UtcDateTime < _authority.NotAfter.ToUniversalTime())
            {
                return;
            }

            CertificateAuthority authority = CertificateAuthority.Create(
                new AuthorityOptions { Organization = "talos", CommonName = "kubelet of this node" }, time);
            TimeSpan lifetime = CertificateAuthority.AuthorityLifetime - TimeSpan.FromDays(1);
            Server = authority.IssueServer(new SubjectNames([nodename, "localhost"], [IPAddress.Loopback]), "system:node:" + nodename, lifetime);
            _client = authority.IssueClient(["system:masters"], "machined", lifetime).ToX509Certificate();
            AuthorityPem = authority.CertificatePem;
            _authority = Certificates.Read(authority.CertificatePem);
        }
    }
}
