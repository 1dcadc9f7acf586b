using System.Net;
using System.Security.Cryptography.X509Certificates;
using Talos.Pki;
using Talos.Rpc.Tls;

namespace Talos.Secrets.Rules;

/// <summary>Whether what trustd answered may be used: a peer issues a certificate, and changes nothing of whom this node trusts.</summary>
internal static class IssuedCertificate
{
    /// <summary>Refuses by exception.</summary>
    /// <param name="certificatePem">The answer, leaf first.</param>
    /// <param name="key">The key that was to be certified.</param>
    /// <param name="acceptedPem">The CAs of this node's own config.</param>
    /// <param name="asked">The names that were asked for.</param>
    /// <param name="now">The node's time.</param>
    /// <returns>Names that were asked for and not issued.</returns>
    /// <exception cref="PkiException">It is not to be used.</exception>
    public static IReadOnlyList<string> Check(string certificatePem, PrivateKey key, string acceptedPem, IReadOnlyCollection<string> asked, DateTimeOffset now)
    {
        IReadOnlyList<X509Certificate2> chain = Certificates.ReadBundle(certificatePem);
        X509Certificate2 leaf = chain[0];
        if (!leaf.PublicKey.ExportSubjectPublicKeyInfo().AsSpan().SequenceEqual(key.SubjectPublicKeyInfo.Span))
        {
            throw new PkiException("API certificate: trustd answered with a certificate of another key");
        }

        if (ServerCertificateCheck.Refuse(leaf, chain.Skip(1), Certificates.ReadBundle(acceptedPem), now) is { } reason)
        {
            throw new PkiException($"API certificate: what trustd answered leads to none of the CAs in the config of this node: {reason}");
        }

        HashSet<string> issued = Spelled(Renewal.Names(leaf)), wanted = Spelled(asked);
        return issued.Except(wanted).ToArray() is { Length: > 0 } foreign
            ? throw new PkiException($"API certificate: trustd answered with names that were not asked for: {string.Join(' ', foreign)}")
            : [.. wanted.Except(issued).Order(StringComparer.Ordinal)];
    }

    // trustd gives each name in its one spelling.
    private static HashSet<string> Spelled(IEnumerable<string> names) => [.. names.Select(n => IPAddress.TryParse(n, out IPAddress? address)
        ? (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString()
        : n.TrimEnd('.').ToLowerInvariant())];
}
