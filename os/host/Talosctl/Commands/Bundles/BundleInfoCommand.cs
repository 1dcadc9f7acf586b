using System.CommandLine;
using System.Text.Json.Nodes;
using Talos.Ota.Bundle;
using Talosctl.Cli;

namespace Talosctl.Commands.Bundles;

/// <summary><c>bundle info</c>: shows what a bundle says about itself.</summary>
internal static class BundleInfoCommand
{
    public static Command Create(Host host)
    {
        Argument<string> file = new("file") { Description = "Bundle" };
        Option<string> output = new("--output", "-o") { Description = "table, json or yaml", DefaultValueFactory = _ => "table" };

        Command command = new("info", "Show what a bundle says about itself; signatures are not checked") { file, output };
        command.SetAction(async (parsed, ct) =>
        {
            string form = parsed.GetValue(output)!;
            if (form is not ("table" or "json" or "yaml"))
            {
                throw new TalosctlException($"--output {form}: one of table, json, yaml is wanted");
            }

            await using FileStream stream = BundleFile.OpenRead(parsed.GetValue(file)!);
            using BundleReader reader = await BundleReader.OpenUnverifiedAsync(new StreamBundleSource(stream), ct);
            if (form == "table")
            {
                WriteTable(reader, host.Out);
            }
            else
            {
                JsonObject described = BundleDescription.Of(reader);
                host.Out.Write(form == "json" ? JsonText.Indented(described) : JsonText.Yaml(described));
            }

            return 0;
        });
        return command;
    }

    private static void WriteTable(BundleReader reader, TextWriter writer)
    {
        foreach ((string name, JsonNode? value) in BundleDescription.Of(reader).Where(p => p.Key is not ("payloads" or "signers" or "notes")))
        {
            writer.WriteLine($"{name + ":",-16}{(value is JsonArray list ? string.Join(", ", list.Select(i => $"{i}")) : $"{value}")}");
        }

        foreach (Talos.Pki.SigningCertificate signer in reader.Signers)
        {
            writer.WriteLine($"{"signer:",-16}{signer.Subject}, key {signer.KeyId}, until {signer.NotAfter:u} (not checked)");
        }

        writer.WriteLine();
        Table table = new("PART", "KIND", "SIZE", "STORED", "CHUNKS", "SHA-256", "BASE");
        foreach (PayloadInfo payload in reader.Manifest.Payloads)
        {
            table.Add(PayloadInfo.NameOf(payload.Part), PayloadInfo.NameOf(payload.Kind), Units.Bytes((ulong)payload.Content.Size), Units.Bytes((ulong)payload.StoredSize),
                $"{payload.ChunkCount} x {payload.ChunkSize / 1024} KiB", payload.Content.Sha256[..16], payload.Base?.Sha256[..16] ?? "");
        }

        table.WriteTo(writer);
        if (reader.Manifest.Notes.Length > 0)
        {
            writer.WriteLine();
            writer.WriteLine(reader.Manifest.Notes.TrimEnd());
        }
    }
}
