using System.CommandLine;
using Talos.Ota.Bundle;
using Talosctl.Cli;

namespace Talosctl.Commands.Bundles;

/// <summary><c>bundle verify</c>: checks signature and every hash, as a node would and more.</summary>
internal static class BundleVerifyCommand
{
    public static Command Create(Host host)
    {
        Argument<string> file = new("file") { Description = "Bundle" };
        Option<string> anchors = new("--anchors") { Description = "Certificates of the trusted authorities (PEM)", Required = true };
        Option<string?> keySet = new("--key-set") { Description = "Signed key set the nodes have already" };
        Option<DateTimeOffset?> at = new("--at") { Description = "Time to check certificates against; default: now" };

        Command command = new("verify", "Check the signature and all content of a bundle") { file, anchors, keySet, at };
        command.SetAction(async (parsed, ct) =>
        {
            string path = parsed.GetValue(file)!;
            var time = VerificationTime.Now(parsed.GetValue(at) ?? host.Clock.GetUtcNow());
            var trust = TrustStore.FromPem(FileInput.Text(parsed.GetValue(anchors)!, host));
            if (parsed.GetValue(keySet) is { } set)
            {
                trust = trust.With(FileInput.Bytes(set, host), time);
            }

            await using FileStream stream = BundleFile.OpenRead(path);
            using BundleReader reader = await BundleReader.OpenAsync(new StreamBundleSource(stream), trust, time, ct);
            using (ProgressBar bar = new(host, "verifying", reader.Manifest.Payloads.Sum(p => p.Content.Size)))
            {
                await BundleVerification.VerifyAsync(reader, bar, ct);
            }

            host.Out.WriteLine($"{path}: {reader.Manifest.Version} for {string.Join(", ", reader.Manifest.Boards)} is good, signed by {reader.Signer!.Subject}");
            if (reader.Manifest.Expires is { } expires && time.Time > expires)
            {
                throw new TalosctlException($"{path}: nodes refuse it since {expires:u}, when it expired");
            }

            return 0;
        });
        return command;
    }
}
