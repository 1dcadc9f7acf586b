using System.CommandLine;
using Talos.Pki;

namespace Talosctl.Commands.Gen;

/// <summary>The flag that chooses the algorithm of a new key.</summary>
internal static class KeyOptions
{
    /// <summary>The flag; ECDSA unless it says otherwise, because every TLS library takes ECDSA keys.</summary>
    public static Option<string> Algorithm()
    {
        Option<string> option = new("--algorithm")
        {
            Description = "Algorithm of the key: ecdsa (P-256), ed25519 or rsa",
            DefaultValueFactory = _ => "ecdsa",
        };
        option.AcceptOnlyFromAmong("ecdsa", "ed25519", "rsa");
        return option;
    }

    /// <summary>The algorithm it names.</summary>
    public static KeyAlgorithm Parse(string? name) => name switch
    {
        "ed25519" => KeyAlgorithm.Ed25519,
        "rsa" => KeyAlgorithm.Rsa4096,
        _ => KeyAlgorithm.EcdsaP256,
    };
}
