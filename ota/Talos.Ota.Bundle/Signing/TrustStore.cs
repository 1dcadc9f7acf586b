using System.Collections.Frozen;
using Talos.Pki;

namespace Talos.Ota.Bundle;

/// <summary>Whom a node trusts to sign updates: anchors, less what is revoked. It never changes; a key set gives a new one.</summary>
public sealed class TrustStore
{
    private readonly IReadOnlyList<SigningCertificate> _anchors;
    private readonly FrozenSet<string> _revokedSerials;
    private readonly FrozenSet<string> _revokedKeys;

    private TrustStore(long sequence, IReadOnlyList<SigningCertificate> anchors, IEnumerable<string> revokedSerials, IEnumerable<string> revokedKeys)
    {
        Sequence = sequence;
        _anchors = anchors;
        _revokedSerials = revokedSerials.ToFrozenSet(StringComparer.Ordinal);
        _revokedKeys = revokedKeys.ToFrozenSet(StringComparer.Ordinal);
    }

    /// <summary>Number of the key set it comes from; 0 for the anchors built into an image.</summary>
    public long Sequence { get; }

    /// <summary>The anchors, for people.</summary>
    public IReadOnlyList<SigningCertificate> Anchors => _anchors;

    /// <summary>Trusts every certificate authority of a PEM text.</summary>
    /// <exception cref="PkiException">A broken certificate, none at all, or one that is no authority.</exception>
    public static TrustStore FromPem(string anchorsPem)
    {
        IReadOnlyList<SigningCertificate> anchors = SigningCertificate.DecodePem(anchorsPem);
        return anchors.FirstOrDefault(a => !a.IsAuthority) is { } wrong
            ? throw new PkiException($"trust anchor {wrong.Subject}: it is no certificate authority")
            : new TrustStore(0, anchors, [], []);
    }

    /// <summary>Takes over a newer key set signed by a key trusted here. An older one, or this one again, changes nothing.</summary>
    /// <exception cref="BundleException">It is broken, or its signature is not good here.</exception>
    public TrustStore With(ReadOnlySpan<byte> keySet, VerificationTime time)
    {
        var parsed = KeySet.Parse(keySet);
        if (parsed.Sequence <= Sequence)
        {
            return this;
        }

        Verify(parsed.Message, parsed.Signatures, "key set", time);
        (IReadOnlyList<SigningCertificate> anchors, IReadOnlyList<string> serials, IReadOnlyList<string> keys) = parsed.Read();
        return new TrustStore(parsed.Sequence, anchors, serials, keys);
    }

    /// <summary>Checks that one of the signatures is by a trusted key and fits.</summary>
    /// <returns>The signer's certificate.</returns>
    internal SigningCertificate Verify(byte[] message, IReadOnlyList<ChainSignature> signatures, string what, VerificationTime time)
    {
        BundleException? best = null;
        foreach (ChainSignature signature in signatures)
        {
            BundleException? problem = Check(message, signature, what, time);
            if (problem is null)
            {
                return signature.Chain[0];
            }

            // Of several reasons a foreign key says least.
            best = best is null or { Problem: BundleProblem.ForeignKey } ? problem : best;
        }

        throw best!;
    }

    /// <summary>Whether a signature that was good once, as <see cref="BundleReader.SignedBy"/> gives it, is by certificates trusted here. The time is not asked.</summary>
    /// <param name="path">The certificates from the signer to its anchor.</param>
    public bool Accepts(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        string[] certificates = path.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return certificates.Length > 0
            && certificates.All(c => c.Split('/') is [var serial, var key] && !_revokedSerials.Contains(serial) && !_revokedKeys.Contains(key))
            && _anchors.Any(a => a.KeyId == certificates[^1].Split('/')[1]);
    }

    /// <summary>The paths of all signatures that are good, each in one text: <c>serial/key serial/key</c>, the signer first.</summary>
    internal IReadOnlyList<string> GoodPaths(byte[] message, IReadOnlyList<ChainSignature> signatures, VerificationTime time) =>
        [.. signatures.Where(s => Check(message, s, "", time) is null).Select(s => string.Join(' ', FindPath(s.Chain)!.Select(c => $"{c.Serial}/{c.KeyId}")))];

    private BundleException? Check(byte[] message, ChainSignature signature, string what, VerificationTime time)
    {
        SigningCertificate signer = signature.Chain[0];
        List<SigningCertificate>? path = FindPath(signature.Chain);
        if (path is null || !signer.IsCodeSigner)
        {
            return new BundleException(BundleProblem.ForeignKey, path is null
                ? $"bundle: {what}: signed by {signer.Subject} (key {signer.KeyId}), whom none of the {_anchors.Count} trust anchors of this node vouches for"
                : $"bundle: {what}: signed by {signer.Subject} (key {signer.KeyId}), whose certificate is not for signing code");
        }

        foreach (SigningCertificate certificate in path)
        {
            if (_revokedSerials.Contains(certificate.Serial) || _revokedKeys.Contains(certificate.KeyId))
            {
                return new BundleException(BundleProblem.Revoked, $"bundle: {what}: certificate {certificate.Subject} (serial {certificate.Serial}, key {certificate.KeyId}) is revoked");
            }

            if (time.Time > certificate.NotAfter)
            {
                return new BundleException(BundleProblem.Expired, $"bundle: {what}: certificate {certificate.Subject} expired at {certificate.NotAfter:u}, checked at {time.Time:u}");
            }

            if (!time.IsLowerBound && time.Time < certificate.NotBefore)
            {
                return new BundleException(BundleProblem.NotYetValid, $"bundle: {what}: certificate {certificate.Subject} is valid from {certificate.NotBefore:u} on, checked at {time.Time:u}; is the clock right?");
            }
        }

        return signer.Verify(message, signature.Signature)
            ? null
            : new BundleException(BundleProblem.BadSignature, $"bundle: {what}: the signature by {signer.Subject} (key {signer.KeyId}) does not fit; it was changed after it was signed, fetch it again");
    }

    /// <summary>The certificates from the signer to an anchor; null when they do not lead to one.</summary>
    private List<SigningCertificate>? FindPath(IReadOnlyList<SigningCertificate> chain)
    {
        List<SigningCertificate> path = [];
        foreach (SigningCertificate certificate in chain)
        {
            if (path.Count > 0 && !path[^1].IsIssuedBy(certificate))
            {
                return null;
            }

            path.Add(certificate);
            if (_anchors.Any(a => a.IsSameAs(certificate)))
            {
                return path;
            }

            if (_anchors.FirstOrDefault(certificate.IsIssuedBy) is { } anchor)
            {
                path.Add(anchor);
                return path;
            }
        }

        return null;
    }
}
