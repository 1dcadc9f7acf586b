using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Talos.Fleet.Protocol;
using Talos.Pki;
using Talos.Rpc.Tls;

namespace Talos.Fleet.Agent;

/// <summary>What is kept of an enrolment; the key lies in a file of its own.</summary>
internal sealed record IdentityFile
{
    /// <summary>Id of the node.</summary>
    public required string Node { get; init; }

    /// <summary>Certificate chain, PEM.</summary>
    public required string Certificate { get; init; }

    /// <summary>Certificates of the fleet CA, PEM.</summary>
    public required string Ca { get; init; }

    /// <summary>Brokers as the hub named them.</summary>
    public required IReadOnlyList<string> Brokers { get; init; }
}

/// <summary>Who the node is in the fleet, made usable.</summary>
internal sealed class NodeIdentity : IDisposable
{
    private NodeIdentity(IdentityFile file, TlsIdentity tls, IReadOnlyList<X509Certificate2> authorities) =>
        (File, Tls, Authorities) = (file, tls, authorities);

    public IdentityFile File { get; }

    public string Node => File.Node;

    public TlsIdentity Tls { get; }

    /// <summary>Certificates of the fleet CA: who signs brokers and orders.</summary>
    public IReadOnlyList<X509Certificate2> Authorities { get; }

    public DateTimeOffset NotBefore => Tls.Certificate.NotBefore.ToUniversalTime();

    public DateTimeOffset NotAfter => Tls.Certificate.NotAfter.ToUniversalTime();

    /// <summary>When to ask for the next certificate: at two thirds of the life.</summary>
    public DateTimeOffset RenewAt => NotBefore + ((NotAfter - NotBefore) * (2.0 / 3));

    /// <summary>Reads it; refuses a certificate that is not the node's or not of its key.</summary>
    /// <exception cref="PkiException">It is not usable.</exception>
    public static NodeIdentity From(IdentityFile file, string key)
    {
        TlsIdentity? tls = null;
        try
        {
            tls = TlsIdentity.FromPem(file.Certificate, key);
            IReadOnlyList<X509Certificate2> authorities = Certificates.ReadBundle(file.Ca);
            string? name = tls.Certificate.GetNameInfo(X509NameType.SimpleName, forIssuer: false);
            return name == file.Node && NodeId.IsValid(name) ? new NodeIdentity(file, tls, authorities)
                : throw new PkiException($"identity: the certificate is for {name}, not for {file.Node}");
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException or PkiException)
        {
            tls?.Dispose();
            throw new PkiException("identity: certificate and key are no usable pair", e);
        }
    }

    public void Dispose()
    {
        Tls.Dispose();
        foreach (X509Certificate2 authority in Authorities)
        {
            authority.Dispose();
        }
    }
}
