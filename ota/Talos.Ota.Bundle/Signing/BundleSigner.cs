using Talos.Pki;

namespace Talos.Ota.Bundle;

/// <summary>Signs manifests and key sets with the key of a code signing certificate.</summary>
public sealed class BundleSigner
{
    private readonly PrivateKey _key;

    /// <param name="chainPem">The signer's certificate first, then its issuers up to, and not necessarily with, the anchor.</param>
    /// <param name="key">The private key of the first certificate.</param>
    /// <exception cref="PkiException">Broken certificates, one that may not sign code, or a key that is not the first certificate's.</exception>
    public BundleSigner(string chainPem, PrivateKey key)
    {
        Chain = SigningCertificate.DecodePem(chainPem);
        if (Chain.Count > SignatureBlock.MaximumChain)
        {
            throw new PkiException($"signer: {Chain.Count} certificates are more than {SignatureBlock.MaximumChain}");
        }

        if (!Chain[0].IsCodeSigner)
        {
            throw new PkiException($"signer {Chain[0].Subject}: its certificate does not have the extended key usage code signing");
        }

        byte[] probe = [1];
        if (!Chain[0].Verify(probe, key.Sign(probe)))
        {
            throw new PkiException($"signer {Chain[0].Subject}: the private key does not belong to the certificate");
        }

        _key = key;
    }

    /// <summary>The signer's certificate first.</summary>
    public IReadOnlyList<SigningCertificate> Chain { get; }

    internal byte[] Sign(byte[] message) => _key.Sign(message);
}
