using System.CommandLine;
using System.Globalization;
using Talos.Ota.Bundle;
using Talos.Ota.Delta;
using Talosctl.Cli;

namespace Talosctl.Commands.Bundles;

/// <summary><c>bundle delta</c>: adds to a bundle the way from an older one, so that nodes on that version fetch little.</summary>
internal static class BundleDeltaCommand
{
    public static Command Create(Host host)
    {
        SignerOptions signer = new(host);
        Argument<string> older = new("old") { Description = "Bundle the nodes run" };
        Argument<string> newer = new("new") { Description = "Bundle they are to run" };
        Option<string> output = new("--output", "-o") { Description = "Bundle to write: the new one with deltas before its full payloads", Required = true };
        Option<int> level = new("--level") { Description = "Level of zstd of the full payloads, 1 to 22", DefaultValueFactory = _ => new BundleWriterOptions().Level };
        Option<int> workers = new("--workers") { Description = "Threads; each needs memory for one file more", DefaultValueFactory = _ => Math.Min(2, Environment.ProcessorCount) };
        Option<bool> force = new("--force") { Description = "Replace the output" };

        Command command = new("delta", "Add deltas from an older bundle to a newer one, and sign it again") { older, newer, output, signer.Certificate, signer.Key, level, workers, force };
        command.SetAction(async (parsed, ct) =>
        {
            if (parsed.GetValue(level) is < 1 or > 22 || parsed.GetValue(workers) < 1)
            {
                throw new TalosctlException($"--level {parsed.GetValue(level)}, --workers {parsed.GetValue(workers)}: 1 to 22, and at least 1, are wanted");
            }

            BundleSigner by = signer.Read(parsed);
            string target = parsed.GetValue(output)!;
            await using FileStream oldStream = BundleFile.OpenRead(parsed.GetValue(older)!), newStream = BundleFile.OpenRead(parsed.GetValue(newer)!);
            await BundleFile.WriteAsync(target, parsed.GetValue(force), async stream =>
            {
                using UnpackedBundle oldBundle = await UnpackedBundle.ReadAsync(oldStream, stream.Name + ".old", host, ct);
                using UnpackedBundle newBundle = await UnpackedBundle.ReadAsync(newStream, stream.Name + ".new", host, ct);
                List<PayloadInput> payloads = [.. newBundle.Payloads];
                foreach (BundlePart part in Enum.GetValues<BundlePart>().Reverse())
                {
                    if (Delta(oldBundle, newBundle, part, parsed.GetValue(workers), host, ct) is { } delta)
                    {
                        payloads.Insert(0, delta);
                    }
                }

                if (payloads.Count == newBundle.Payloads.Count)
                {
                    throw new TalosctlException($"no delta from {parsed.GetValue(older)} to {parsed.GetValue(newer)} is smaller than the full payload; nothing was written");
                }

                using ProgressBar bar = new(host, "packing", payloads.Sum(p => p.Content.Length));
                await using FileStream scratch = UnpackedBundle.Temporary(stream.Name + ".scratch");
                BundleWriterOptions options = new() { Level = parsed.GetValue(level), Progress = bar };
                await BundleWriter.WriteAsync(stream, scratch, newBundle.Manifest, payloads, newBundle.KeySet, [by], options, ct);
            });
            host.Error.WriteLine($"wrote {target}, {Units.Bytes((ulong)new FileInfo(target).Length)}, signed by {by.Chain[0].Subject}");
            return 0;
        });
        return command;
    }

    /// <summary>The delta of one part; null when one side lacks the part, the bundle has this delta already, or it saves nothing.</summary>
    private static PayloadInput? Delta(UnpackedBundle oldBundle, UnpackedBundle newBundle, BundlePart part, int workers, Host host, CancellationToken ct)
    {
        if (oldBundle.Manifest.Full(part) is not { } from || newBundle.Manifest.Full(part) is not { } to || newBundle.Manifest.Delta(part, from.Content.Sha256) is not null)
        {
            return null;
        }

        string name = PayloadInfo.NameOf(part);
        MemoryStream delta = new();
        DeltaReport report;
        using (DeltaBars bars = new(host, name))
        {
            report = DeltaCreator.Create(new FileImage(oldBundle.FileOf(part)), new FileImage(newBundle.FileOf(part)), delta, workers, bars, ct);
        }

        host.Error.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{name}: {Units.Bytes((ulong)delta.Length)} instead of {Units.Bytes((ulong)to.StoredSize)}; blocks: {report.CopiedBlocks} unchanged, {report.PackedBlocks} packed again, "
            + $"{report.ClosedBlocks} sent as they are; content: {Units.Bytes((ulong)report.Differences)} differ, {Units.Bytes((ulong)report.Literals)} are new"));
        if (delta.Length >= to.StoredSize)
        {
            host.Error.WriteLine($"{name}: left out, the full payload is smaller");
            return null;
        }

        delta.Position = 0;
        return new PayloadInput(part, delta) { Base = from.Content, Result = to.Content };
    }
}
