using System.Security.Cryptography.X509Certificates;

namespace Talos.Rpc.Tls;

/// <summary>Chains that end in given CAs and in no other: neither the system's store nor the network is asked.</summary>
internal static class TrustedChain
{
    /// <summary>Prepares a chain.</summary>
    /// <param name="certificate">The certificate that will be checked.</param>
    /// <param name="intermediates">Further certificates of the peer.</param>
    /// <param name="accepted">The CAs to trust.</param>
    /// <param name="now">The node's time.</param>
    /// <remarks>
    /// A board without a clock starts in the past, so "not valid yet" says more about the node than about the
    /// certificate: validity starts are not enforced, ends are.
    /// </remarks>
    public static X509Chain Prepare(
        X509Certificate2 certificate, IEnumerable<X509Certificate2> intermediates, IReadOnlyCollection<X509Certificate2> accepted, DateTimeOffset now)
    {
        X509Chain chain = new() { ChainPolicy = StrangerChain.Policy(accepted) };
        foreach (X509Certificate2 intermediate in intermediates)
        {
            chain.ChainPolicy.ExtraStore.Add(intermediate);
        }

        DateTime latest = now.UtcDateTime;
        foreach (X509Certificate2 each in accepted.Append(certificate))
        {
            DateTime start = each.NotBefore.ToUniversalTime();
            latest = start > latest ? start : latest;
        }

        chain.ChainPolicy.VerificationTime = latest.ToLocalTime();
        return chain;
    }

    /// <summary>The certificates beside the leaf that the peer sent.</summary>
    public static IEnumerable<X509Certificate2> Intermediates(X509Chain? chain) =>
        chain is null ? [] : [.. chain.ChainPolicy.ExtraStore, .. chain.ChainElements.Skip(1).Select(e => e.Certificate)];
}
