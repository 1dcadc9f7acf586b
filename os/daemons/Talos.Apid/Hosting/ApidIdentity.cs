using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Talos.Apid.Routing;
using Talos.Pki;
using Talos.Rpc.Authorization;
using Talos.Rpc.Tls;

namespace Talos.Apid.Hosting;

/// <summary>One version of the secrets, made usable.</summary>
internal sealed class ApidIdentity
{
    public ApidIdentity(ApidSecrets secrets, TimeProvider time)
    {
        Admission = secrets.Admission;
        Local = new LocalNames(secrets.LocalNames);
        Authorities = secrets.Authorities.Length > 0 ? Certificates.ReadBundle(secrets.Authorities) : [];
        TlsIdentity server = TlsIdentity.FromPem(secrets.Certificate, secrets.Key);
        Members = new MemberCheck(Authorities, time);
        Server = Admission is Admission.Members ? Mutual(server, time) : ServerTls.Anonymous(server);
        if (Admission is Admission.Members && secrets.ClientCertificate.Length > 0)
        {
            Peers = ClientTls.Trusting(TlsIdentity.FromPem(secrets.ClientCertificate, secrets.ClientKey), Authorities, time);
        }
    }

    /// <summary>Who is let in.</summary>
    public Admission Admission { get; }

    /// <summary>Whether a certificate still counts.</summary>
    public MemberCheck Members { get; }

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
        Admission is not Admission.Members ? RoutingAbility.Off : Peers is null ? RoutingAbility.LocalOnly : RoutingAbility.Forwarding;

    private SslServerAuthenticationOptions Mutual(TlsIdentity server, TimeProvider time)
    {
        SslServerAuthenticationOptions options = ServerTls.Mutual(server, Authorities, time);
        RemoteCertificateValidationCallback check = options.RemoteCertificateValidationCallback!;
        options.RemoteCertificateValidationCallback = (sender, certificate, chain, errors) =>
        {
            if (!check(sender, certificate, chain, errors))
            {
                return false;
            }

            Members.Admit((X509Certificate2)certificate!);
            return true;
        };
        return options;
    }
}
