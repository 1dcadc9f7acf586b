using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Talos.Apid.Routing;
using Talos.Pki;
using Talos.Rpc.Tls;

namespace Talos.Apid.Hosting;

/// <summary>One version of the secrets, made usable.</summary>
internal sealed class ApidIdentity
{
    public ApidIdentity(ApidSecrets secrets, TimeProvider time)
    {
        Maintenance = secrets.Maintenance;
        Local = new LocalNames(secrets.LocalNames);
        Authorities = secrets.Authorities.Length > 0 ? Certificates.ReadBundle(secrets.Authorities) : [];
        TlsIdentity server = TlsIdentity.FromPem(secrets.Certificate, secrets.Key);
        Server = Maintenance ? ServerTls.Anonymous(server) : ServerTls.Mutual(server, Authorities, time);
        if (!Maintenance && secrets.ClientCertificate.Length > 0)
        {
            Peers = ClientTls.Trusting(TlsIdentity.FromPem(secrets.ClientCertificate, secrets.ClientKey), Authorities, time);
        }
    }

    /// <summary>Whether the node has no config yet.</summary>
    public bool Maintenance { get; }

    /// <summary>CAs whose clients are let in.</summary>
    public IReadOnlyList<X509Certificate2> Authorities { get; }

    /// <summary>TLS towards clients.</summary>
    public SslServerAuthenticationOptions Server { get; }

    /// <summary>TLS towards other nodes; null on a node that may not forward.</summary>
    public SslClientAuthenticationOptions? Peers { get; }

    /// <summary>What means this node.</summary>
    public LocalNames Local { get; }

    /// <summary>Whether it forwards.</summary>
    public RoutingAbility Routing =>
        Maintenance ? RoutingAbility.Off : Peers is null ? RoutingAbility.LocalOnly : RoutingAbility.Forwarding;
}
