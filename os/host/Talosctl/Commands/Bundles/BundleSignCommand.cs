using System.CommandLine;
using Talos.Ota.Bundle;

namespace Talosctl.Commands.Bundles;

/// <summary><c>bundle sign</c>: replaces or adds a signature.</summary>
internal static class BundleSignCommand
{
    public static Command Create(Host host)
    {
        SignerOptions signer = new(host);
        Argument<string> file = new("file") { Description = "Bundle" };
        Option<string?> output = new("--output", "-o") { Description = "Bundle to write; default: the same file" };
        Option<bool> add = new("--add") { Description = "Keep the signatures it has; nodes take it when they trust one of them" };
        Option<bool> force = new("--force") { Description = "Replace the output" };

        Command command = new("sign", "Sign a bundle with another key; its content stays") { file, output, add, signer.Certificate, signer.Key, force };
        command.SetAction(async (parsed, ct) =>
        {
            string source = parsed.GetValue(file)!;
            string target = parsed.GetValue(output) ?? source;
            BundleSigner by = signer.Read(parsed);
            await using FileStream input = BundleFile.OpenRead(source);
            await BundleFile.WriteAsync(target, parsed.GetValue(force) || target == source, stream => BundleWriter.SignAsync(input, stream, [by], parsed.GetValue(add), ct));
            host.Error.WriteLine($"wrote {target}, signed by {by.Chain[0].Subject}");
            return 0;
        });
        return command;
    }
}
