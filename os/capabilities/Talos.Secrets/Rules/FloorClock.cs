using System.Security.Cryptography.X509Certificates;
using Talos.Pki;

namespace Talos.Secrets.Rules;

/// <summary>The time at which a CA issues: never before the CA itself, although a board without a clock wakes up there.</summary>
/// <param name="time">The node's clock.</param>
/// <param name="authorityPem">The CA.</param>
internal sealed class FloorClock(TimeProvider time, string authorityPem) : TimeProvider
{
    private readonly DateTimeOffset _floor = StartOf(authorityPem);

    /// <summary>Whether the node's clock can be right.</summary>
    public bool IsPlausible => time.GetUtcNow() >= _floor;

    /// <summary>How long a certificate shall last: for as long as its CA while the node does not know the time, for then its clients do.</summary>
    public TimeSpan Lifetime => IsPlausible ? Renewal.Lifetime : CertificateAuthority.AuthorityLifetime;

    public override DateTimeOffset GetUtcNow() => IsPlausible ? time.GetUtcNow() : _floor;

    private static DateTimeOffset StartOf(string pem)
    {
        using X509Certificate2 certificate = Certificates.Read(pem);
        return new DateTimeOffset(certificate.NotBefore.ToUniversalTime());
    }
}
