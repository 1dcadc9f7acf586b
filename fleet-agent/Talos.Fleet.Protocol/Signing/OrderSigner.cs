using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;

namespace Talos.Fleet.Protocol;

/// <summary>The hub's side: signs orders.</summary>
public sealed class OrderSigner
{
    private readonly ECDsa _key;
    private readonly string _certificate;

    /// <param name="certificate">Issued by the fleet CA itself, with OU=hub.</param>
    /// <param name="key">Its ECDSA P-256 key; stays the caller's.</param>
    /// <exception cref="ArgumentException">They are no pair for signing orders.</exception>
    public OrderSigner(X509Certificate2 certificate, ECDsa key)
    {
        if (HubCertificate.Problem(certificate) is { } problem)
        {
            throw new ArgumentException(problem, nameof(certificate));
        }

        _key = key;
        _certificate = Convert.ToBase64String(certificate.RawData);
    }

    /// <summary>Signs a desired state; gives the bytes to publish, which differ from call to call: keep them to repeat them.</summary>
    /// <exception cref="ArgumentException">It breaks the schema.</exception>
    public byte[] Sign(DesiredState order) =>
        OrderRules.Check(order) is { } problem ? throw new ArgumentException(problem, nameof(order)) : Seal(JsonSerializer.SerializeToUtf8Bytes(order, FleetJson.Default.DesiredState));

    /// <summary>Signs a command; gives the bytes to publish, which differ from call to call: keep them to repeat them.</summary>
    /// <exception cref="ArgumentException">It breaks the schema.</exception>
    public byte[] Sign(Command order) =>
        OrderRules.Check(order) is { } problem ? throw new ArgumentException(problem, nameof(order)) : Seal(JsonSerializer.SerializeToUtf8Bytes(order, FleetJson.Default.Command));

    internal byte[] Seal(byte[] payload) => JsonSerializer.SerializeToUtf8Bytes(
        new SignedEnvelope
        {
            Payload = Convert.ToBase64String(payload),
            Signature = Convert.ToBase64String(_key.SignData(payload, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence)),
            Certificate = _certificate,
        },
        FleetJson.Default.SignedEnvelope);
}
