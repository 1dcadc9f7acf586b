using System.Security.Cryptography.X509Certificates;

namespace Talos.Rpc.Tls;

/// <summary>Whether a client certificate was issued for an API client by one of the accepted CAs.</summary>
public static class ClientCertificateCheck
{
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";

    /// <summary>Checks a client certificate against the accepted CAs.</summary>
    /// <param name="certificate">What the client presented.</param>
    /// <param name="intermediates">Further certificates of the client.</param>
    /// <param name="accepted">The CAs of the operating system; more than one while a CA is being rotated.</param>
    /// <param name="now">The node's time; validity starts are not held against the client, ends are.</param>
    /// <returns>Null when it is good, else the reason.</returns>
    public static string? Refuse(
        X509Certificate2 certificate, IEnumerable<X509Certificate2> intermediates, IReadOnlyCollection<X509Certificate2> accepted, DateTimeOffset now)
    {
        using X509Chain chain = TrustedChain.Prepare(certificate, intermediates, accepted, now);
        if (!chain.Build(certificate))
        {
            return string.Join(", ", chain.ChainStatus.Select(s => s.StatusInformation.Trim()).Distinct());
        }

        foreach (X509ChainElement element in chain.ChainElements)
        {
            if (!IsAuthority(element.Certificate) && !IsForClientsOnly(element.Certificate))
            {
                return $"{element.Certificate.Subject}: the extended key usage is not exactly client authentication";
            }
        }

        return null;
    }

    private static bool IsAuthority(X509Certificate2 certificate) =>
        certificate.Extensions.OfType<X509BasicConstraintsExtension>().Any(e => e.CertificateAuthority);

    private static bool IsForClientsOnly(X509Certificate2 certificate) =>
        certificate.Extensions.OfType<X509EnhancedKeyUsageExtension>().SingleOrDefault()
            is { EnhancedKeyUsages: { Count: 1 } usages } && usages[0].Value == ClientAuthentication;
}
