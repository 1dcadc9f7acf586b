using System.CommandLine;
using Talos.Ota.Bundle;
using Talos.Pki;

namespace Talosctl.Commands.Bundles;

/// <summary>The flags that name a signer.</summary>
internal sealed class SignerOptions(Host host)
{
    public Option<string> Certificate { get; } = new("--cert") { Description = "Certificate of the signer, with those of its issuers behind it (PEM)", Required = true };

    public Option<string> Key { get; } = new("--key") { Description = "Private key of the signer (PEM)", Required = true };

    /// <exception cref="PkiException">They cannot be used.</exception>
    public BundleSigner Read(ParseResult parsed) =>
        new(FileInput.Text(parsed.GetValue(Certificate)!, host), PrivateKey.FromPem(FileInput.Text(parsed.GetValue(Key)!, host)));
}
