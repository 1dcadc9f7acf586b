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

    /// <summary>Whether the certificate was issued by the CA, for exactly these names.</summary>
    public static bool IsOf(string certificatePem, string authorityPem, IReadOnlyCollection<string> names)
    {
        using X509Certificate2 certificate = Certificates.Read(certificatePem);
        using X509Certificate2 authority = Certificates.Read(authorityPem);
        string[] inside = certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>().SingleOrDefault() is { } listed
            ? [.. listed.EnumerateDnsNames(), .. listed.EnumerateIPAddresses().Select(a => a.ToString())]
            : [];
        using X509Chain chain = new();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.VerificationFlags = X509VerificationFlags.IgnoreNotTimeValid;
        chain.ChainPolicy.CustomTrustStore.Add(authority);
        return inside.ToHashSet(StringComparer.Ordinal).SetEquals(names) && chain.Build(certificate);
    }
}
