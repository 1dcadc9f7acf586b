using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Talos.Rpc.Tls;

/// <summary>Whether a server certificate was issued by one of the accepted CAs.</summary>
public static class ServerCertificateCheck
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";

    /// <summary>Checks a server certificate against the accepted CAs.</summary>
    /// <param name="certificate">The certificate.</param>
    /// <param name="intermediates">Further certificates that came with it.</param>
    /// <param name="accepted">The CAs that are known already.</param>
    /// <param name="now">The node's time; validity starts are not held against it, ends are.</param>
    /// <returns>Null when it is good, else the reason.</returns>
    public static string? Refuse(
        X509Certificate2 certificate, IEnumerable<X509Certificate2> intermediates, IReadOnlyCollection<X509Certificate2> accepted, DateTimeOffset now)
    {
        using X509Chain chain = TrustedChain.Prepare(certificate, intermediates, accepted, now);
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid(ServerAuthentication));
        return chain.Build(certificate) ? null : string.Join(", ", chain.ChainStatus.Select(s => s.StatusInformation.Trim()).Distinct());
    }
}
