using System.CommandLine;
using Talos.Ota.Bundle;
using Talosctl.Cli;

namespace Talosctl.Commands.Bundles;

/// <summary><c>bundle keyset</c>: makes a signed list of trust anchors and revoked certificates.</summary>
internal static class BundleKeySetCommand
{
    public static Command Create(Host host)
    {
        SignerOptions signer = new(host);
        Option<long> sequence = new("--sequence") { Description = "Number, more than that of the set before", Required = true };
        Option<string> anchors = new("--anchors") { Description = "Certificates of all authorities that are trusted from then on (PEM)", Required = true };
        Option<string[]> serials = new("--revoke-serial") { Description = "Serial number of a revoked certificate in hexadecimal digits; may be repeated", DefaultValueFactory = _ => [] };
        Option<string[]> keys = new("--revoke-key") { Description = "Id of a revoked key in hexadecimal digits; may be repeated", DefaultValueFactory = _ => [] };
        Option<string> output = new("--output", "-o") { Description = "Key set to write", Required = true };
        Option<bool> force = new("--force") { Description = "Replace the output" };

        Command command = new("keyset", "Make a signed key set: adds and removes trust anchors, revokes certificates")
        {
            sequence, anchors, serials, keys, signer.Certificate, signer.Key, output, force,
        };
        command.SetAction(async (parsed, ct) =>
        {
            byte[] keySet = KeySet.Create(
                parsed.GetValue(sequence), host.Clock.GetUtcNow(), FileInput.Text(parsed.GetValue(anchors)!, host),
                [.. parsed.List(serials).Select(s => Hex(s).TrimStart('0'))], [.. parsed.List(keys).Select(Hex)], [signer.Read(parsed)]);
            await BundleFile.WriteAsync(parsed.GetValue(output)!, parsed.GetValue(force), stream => stream.WriteAsync(keySet, ct).AsTask());
            host.Error.WriteLine($"wrote {parsed.GetValue(output)}, {keySet.Length} bytes; carry it in a bundle with bundle create --key-set");
            return 0;
        });
        return command;
    }

    private static string Hex(string text)
    {
        string digits = text.Replace(":", "", StringComparison.Ordinal).ToLowerInvariant();
        return digits.Length > 0 && digits.All(char.IsAsciiHexDigit) ? digits : throw new TalosctlException($"\"{text}\": hexadecimal digits are wanted");
    }
}
