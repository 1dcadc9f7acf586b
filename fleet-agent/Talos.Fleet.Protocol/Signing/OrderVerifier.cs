using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Talos.Fleet.Protocol;

/// <summary>The node's side: reads orders and takes only the fleet's own, for this node, newer than the last, in time.</summary>
/// <param name="node">Id of the node.</param>
/// <param name="authorities">Certificates of the fleet CA, ECDSA.</param>
public sealed class OrderVerifier(string node, IReadOnlyList<X509Certificate2> authorities)
{
    /// <summary>Reads a desired state.</summary>
    /// <param name="utf8">The envelope.</param>
    /// <param name="lastRevision">Highest revision taken so far; the same one again is a repeat and is refused as <see cref="ProblemKind.Replayed"/>.</param>
    /// <param name="now">The node's clock; null when it cannot be trusted: times are not checked then.</param>
    public Parsed<DesiredState> ReadDesired(ReadOnlySpan<byte> utf8, long lastRevision, DateTimeOffset? now) =>
        Open(utf8, FleetMessages.MaxBytes(TopicKind.Desired), now, out byte[] payload) is { } problem
            ? Parsed<DesiredState>.Bad(problem)
            : Check(FleetMessages.ReadDesired(payload), lastRevision, now);

    /// <summary>Reads a command.</summary>
    /// <param name="utf8">The envelope.</param>
    /// <param name="id">Id in the topic.</param>
    /// <param name="lastRevision">Highest revision taken so far.</param>
    /// <param name="now">The node's clock; null when it cannot be trusted: times are not checked then.</param>
    public Parsed<Command> ReadCommand(ReadOnlySpan<byte> utf8, string id, long lastRevision, DateTimeOffset? now)
    {
        if (Open(utf8, FleetMessages.MaxBytes(TopicKind.Command), now, out byte[] payload) is { } problem)
        {
            return Parsed<Command>.Bad(problem);
        }

        Parsed<Command> read = FleetMessages.ReadCommand(payload);
        return read.IsGood && read.Value.Id != id
            ? Parsed<Command>.Bad(ProblemKind.OutOfRange, $"id: {read.Value.Id} came on the topic of {id}")
            : Check(read, lastRevision, now);
    }

    private Parsed<T> Check<T>(Parsed<T> read, long lastRevision, DateTimeOffset? now)
        where T : class, IOrder
    {
        if (!read.IsGood)
        {
            return read;
        }

        IOrder order = read.Value;
        return order.Node != node ? Parsed<T>.Bad(ProblemKind.WrongNode, $"node: {order.Node}; this is {node}")
            : order.Revision <= lastRevision ? Parsed<T>.Bad(ProblemKind.Replayed, $"revision: {order.Revision} is not above {lastRevision}")
            : now > order.NotAfter ? Parsed<T>.Bad(ProblemKind.Expired, $"notAfter: {order.NotAfter:O} is over; it is {now:O}")
            : read;
    }

    /// <summary>Null and the payload, or what is wrong with the envelope.</summary>
    private ProtocolProblem? Open(ReadOnlySpan<byte> utf8, int limit, DateTimeOffset? now, out byte[] payload)
    {
        payload = [];
        Parsed<SignedEnvelope> read = FleetMessages.Read(utf8, limit, FleetJson.Default.SignedEnvelope, OrderRules.Check);
        if (!read.IsGood)
        {
            return read.Problem;
        }

        try
        {
            payload = Convert.FromBase64String(read.Value.Payload);
            byte[] signature = Convert.FromBase64String(read.Value.Signature);
            using X509Certificate2 certificate = X509CertificateLoader.LoadCertificate(Convert.FromBase64String(read.Value.Certificate));
            return HubCertificate.Problem(certificate) is { } problem ? Bad(problem)
                : !HubCertificate.IsIssuedBy(certificate, authorities) ? Bad($"certificate {certificate.Subject}: is not issued by the fleet CA")
                : now is { } time && (time < certificate.NotBefore.ToUniversalTime() - FleetDefaults.ClockTolerance || time > certificate.NotAfter.ToUniversalTime())
                    ? Bad($"certificate {certificate.Subject}: is valid from {certificate.NotBefore:O} to {certificate.NotAfter:O}; it is {time:O}")
                : !IsSignature(certificate, payload, signature) ? Bad("signature: does not fit the payload")
                : null;
        }
        catch (Exception e) when (e is FormatException or CryptographicException or System.Formats.Asn1.AsnContentException)
        {
            return Bad($"envelope: {e.Message}");
        }
    }

    private static bool IsSignature(X509Certificate2 certificate, byte[] payload, byte[] signature)
    {
        using ECDsa key = certificate.GetECDsaPublicKey()!;
        return key.VerifyData(payload, signature, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
    }

    private static ProtocolProblem Bad(string text) => new(ProblemKind.Signature, text);
}
