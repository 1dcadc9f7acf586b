using System.Security.Cryptography.X509Certificates;
using Talos.Rpc.Tls;

namespace Talos.Apid.Hosting;

/// <summary>Whether a certificate still counts: connections live longer than the CAs and the days for which they were let in.</summary>
/// <param name="authorities">CAs whose clients are let in now.</param>
/// <param name="time">The clock.</param>
internal sealed class MemberCheck(IReadOnlyCollection<X509Certificate2> authorities, TimeProvider time)
{
    /// <summary>Certificates remembered; more are checked again.</summary>
    private const int Remembered = 512;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, string?> _known = new(StringComparer.Ordinal);

    /// <summary>Why it does not count; null when it does.</summary>
    public string? Refuse(X509Certificate2 certificate)
    {
        if (time.GetUtcNow() > new DateTimeOffset(certificate.NotAfter.ToUniversalTime()))
        {
            return $"it has expired at {certificate.NotAfter.ToUniversalTime():u}";
        }

        string key = certificate.GetCertHashString(System.Security.Cryptography.HashAlgorithmName.SHA256);
        lock (_gate)
        {
            if (_known.TryGetValue(key, out string? known))
            {
                return known;
            }
        }

        // A connection from before these CAs: what counts is whether its own CA is still one of them.
        string? reason = ClientCertificateCheck.Refuse(certificate, [], authorities, time.GetUtcNow());
        Remember(key, reason);
        return reason;
    }

    /// <summary>Takes note of a certificate that the handshake found good, with the CAs between that came with it.</summary>
    public void Admit(X509Certificate2 certificate) =>
        Remember(certificate.GetCertHashString(System.Security.Cryptography.HashAlgorithmName.SHA256), null);

    private void Remember(string key, string? reason)
    {
        lock (_gate)
        {
            if (_known.Count >= Remembered)
            {
                _known.Clear();
            }

            _known[key] = reason;
        }
    }
}
