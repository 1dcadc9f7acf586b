using System.Security.Cryptography.X509Certificates;
using Talos.Pki;

namespace Talos.Secrets.Rules;

/// <summary>When a certificate is replaced, and how long the next one lasts.</summary>
internal static class Renewal
{
    /// <summary>How long the certificates of a node last.</summary>
    public static readonly TimeSpan Lifetime = CertificateAuthority.NodeLifetime;

    /// <summary>How often the clock is looked at again: it may jump when the node learns the time.</summary>
    public static readonly TimeSpan LookAgain = TimeSpan.FromMinutes(1);

    /// <summary>Whether a certificate is past half its life, not valid yet, or unreadable.</summary>
    public static bool IsDue(string certificatePem, DateTimeOffset now)
    {
        if (certificatePem.Length == 0)
        {
            return true;
        }

        using X509Certificate2 certificate = Certificates.Read(certificatePem);
        DateTimeOffset start = new(certificate.NotBefore.ToUniversalTime());
        DateTimeOffset end = new(certificate.NotAfter.ToUniversalTime());
        return now < start || now > start + ((end - start) / 2);
    }

    /// <summary>Whether a certificate has come to its end. Before its start it counts: a board without a clock wakes up in the past.</summary>
    public static bool IsOver(string certificatePem, DateTimeOffset now)
    {
        using X509Certificate2 certificate = Certificates.Read(certificatePem);
        return now > new DateTimeOffset(certificate.NotAfter.ToUniversalTime());
    }

    /// <summary>Whether the certificate is for exactly these names.</summary>
    public static bool IsFor(string certificatePem, IReadOnlyCollection<string> names)
    {
        using X509Certificate2 certificate = Certificates.Read(certificatePem);
        return Names(certificate).ToHashSet(StringComparer.Ordinal).SetEquals(names);
    }

    /// <summary>The names and addresses of a certificate.</summary>
    public static IEnumerable<string> Names(X509Certificate2 certificate) =>
        certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>().SingleOrDefault() is { } extension
            ? [.. extension.EnumerateDnsNames(), .. extension.EnumerateIPAddresses().Select(a => a.ToString())]
            : [];
}
