using Talos.Ota.Bundle;
using Talos.Pki;

namespace Talos.Imager.Bundles;

/// <summary>The folder with the trust anchors of updates and, where this machine signs, a signer.</summary>
/// <param name="folder">Holds <c>anchors.pem</c>; <c>signer.crt</c> and <c>signer.key</c> too, when bundles are signed here.</param>
internal sealed class UpdateKeys(string folder)
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Certificates of the authorities a node trusts, as PEM.</summary>
    public string AnchorsFile => Path.Combine(folder, "anchors.pem");

    private string SignerCertificate => Path.Combine(folder, "signer.crt");

    private string SignerKey => Path.Combine(folder, "signer.key");

    /// <summary>What an image depends on.</summary>
    public IEnumerable<string> Files => new[] { AnchorsFile, SignerCertificate }.Where(File.Exists);

    /// <summary>Makes an authority and a signer for development, unless there are anchors.</summary>
    /// <returns>True when they were made.</returns>
    public bool CreateWhenAbsent(TimeProvider clock)
    {
        if (File.Exists(AnchorsFile))
        {
            return false;
        }

        // Ed25519 signatures hold no random number: the same input gives the same bundle.
        var authority = CertificateAuthority.Create(AuthorityOptions.Updates with { CommonName = "updates of a development build", Algorithm = KeyAlgorithm.Ed25519 }, clock);
        CertificateAndKey signer = authority.IssueCodeSigner("development signer", KeyAlgorithm.Ed25519, CertificateAuthority.AuthorityLifetime);
        Directory.CreateDirectory(folder, OwnerOnly | UnixFileMode.UserExecute);
        Write(Path.Combine(folder, "ca.key"), authority.Pair.KeyPem.Reveal());
        Write(SignerKey, signer.KeyPem.Reveal());
        Write(SignerCertificate, signer.CertificatePem);
        Write(AnchorsFile, authority.CertificatePem);
        return true;
    }

    /// <summary>Checks the anchors: an image with broken ones could never be updated.</summary>
    /// <exception cref="ImagerException">They cannot be read, or one is no authority.</exception>
    public void Check()
    {
        if (!File.Exists(AnchorsFile))
        {
            throw new ImagerException($"{AnchorsFile}: no such file; it holds the certificates of the authorities whose updates a node takes");
        }

        try
        {
            TrustStore.FromPem(File.ReadAllText(AnchorsFile));
        }
        catch (PkiException e)
        {
            throw new ImagerException($"{AnchorsFile}: {e.Message}", e);
        }
    }

    /// <summary>The signer; null when this machine does not sign.</summary>
    /// <exception cref="ImagerException">It cannot be used.</exception>
    public BundleSigner? Signer()
    {
        if (!File.Exists(SignerKey))
        {
            return null;
        }

        try
        {
            return new BundleSigner(File.ReadAllText(SignerCertificate), PrivateKey.FromPem(File.ReadAllText(SignerKey)));
        }
        catch (PkiException e)
        {
            throw new ImagerException($"{SignerKey}: {e.Message}", e);
        }
    }

    private static void Write(string path, string text)
    {
        using StreamWriter file = new(path, new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, UnixCreateMode = OwnerOnly });
        file.Write(text);
    }
}
