using Talos.Pki;

namespace Talos.Ota.Bundle.Tests;

/// <summary>An authority with its signers, made once for all tests.</summary>
internal sealed class TestKeys
{
    public static readonly DateTimeOffset Now = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);

    public TestKeys(KeyAlgorithm algorithm = KeyAlgorithm.Ed25519)
    {
        Authority = CertificateAuthority.Create(AuthorityOptions.Updates with { Algorithm = algorithm }, new FixedClock(Now));
        Signer = NewSigner(TimeSpan.FromDays(365), algorithm);
        Trust = TrustStore.FromPem(Authority.CertificatePem);
    }

    public static TestKeys Own { get; } = new();

    public static TestKeys Foreign { get; } = new();

    /// <summary>P-256, which the platform checks many times faster than Ed25519.</summary>
    public static TestKeys Fast { get; } = new(KeyAlgorithm.EcdsaP256);

    public CertificateAuthority Authority { get; }

    public BundleSigner Signer { get; }

    public TrustStore Trust { get; }

    public static VerificationTime Time => VerificationTime.Now(Now);

    public BundleSigner NewSigner(TimeSpan lifetime, KeyAlgorithm algorithm = KeyAlgorithm.Ed25519)
    {
        CertificateAndKey pair = Authority.IssueCodeSigner("release", algorithm, lifetime);
        return new BundleSigner(pair.CertificatePem, PrivateKey.FromPem(pair.KeyPem.Reveal()));
    }

    private sealed class FixedClock(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }
}
