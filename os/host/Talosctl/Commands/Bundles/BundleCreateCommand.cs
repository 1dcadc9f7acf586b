using System.CommandLine;
using Talos.Ota.Bundle;
using Talosctl.Cli;

namespace Talosctl.Commands.Bundles;

/// <summary><c>bundle create</c>: packs and signs root and boot file.</summary>
internal static class BundleCreateCommand
{
    public static Command Create(Host host)
    {
        SignerOptions signer = new(host);
        Option<string> root = new("--root") { Description = "Root: file system with its hash tree, as in the partition", Required = true };
        Option<string> boot = new("--boot") { Description = "Boot file: UKI that names no slot", Required = true };
        Option<string> output = new("--output", "-o") { Description = "Bundle to write", Required = true };
        Option<string> version = new("--version") { Description = "Version of the system in it", Required = true };
        Option<string> build = new("--build") { Description = "Names the build, such as a commit", Required = true };
        Option<string[]> boards = new("--board") { Description = "Board it is for; several with commas or by repeating the flag", Required = true };
        Option<string> architecture = new("--arch") { Description = "Architecture", DefaultValueFactory = _ => "arm64" };
        Option<string?> minimum = new("--minimum-version") { Description = "Oldest version it can be installed from" };
        Option<string?> floor = new("--floor") { Description = "Oldest version a node takes after this one" };
        Option<DateTimeOffset?> expires = new("--expires") { Description = "Last moment it may be installed, such as 2027-01-31T00:00:00Z" };
        Option<string?> notes = new("--notes") { Description = "File with release notes; - for standard input" };
        Option<string?> rootHash = new("--root-hash") { Description = "Root hash of the hash tree, as on the kernel command line" };
        Option<string?> keySet = new("--key-set") { Description = "Signed key set to carry" };
        Option<int> chunkSize = new("--chunk-size") { Description = "KiB of a chunk: a power of two from 64 to 4096", DefaultValueFactory = _ => new BundleWriterOptions().ChunkSize / 1024 };
        Option<int> level = new("--level") { Description = "Level of zstd, 1 to 22", DefaultValueFactory = _ => new BundleWriterOptions().Level };
        Option<bool> force = new("--force") { Description = "Replace the output" };

        Command command = new("create", "Make a signed bundle of a root and a boot file")
        {
            root, boot, output, version, build, boards, architecture, minimum, floor, expires, notes, rootHash, keySet, signer.Certificate, signer.Key, chunkSize, level, force,
        };
        command.SetAction(async (parsed, ct) =>
        {
            BundleManifest manifest = new()
            {
                Version = Version(parsed.GetValue(version)!, version),
                Build = parsed.GetValue(build)!,
                Architecture = parsed.GetValue(architecture)!,
                Boards = parsed.List(boards),
                MinimumVersion = parsed.GetValue(minimum) is { } oldest ? Version(oldest, minimum) : null,
                Floor = parsed.GetValue(floor) is { } lowest ? Version(lowest, floor) : null,
                Issued = host.Clock.GetUtcNow(),
                Expires = parsed.GetValue(expires),
                Notes = parsed.GetValue(notes) is { } file ? FileInput.Text(file, host) : "",
                Payloads = [],
            };
            if (parsed.GetValue(level) is < 1 or > 22)
            {
                throw new TalosctlException($"--level {parsed.GetValue(level)}: 1 to 22 is wanted");
            }

            BundleSigner by = signer.Read(parsed);
            byte[] keys = parsed.GetValue(keySet) is { } set ? FileInput.Bytes(set, host) : [];
            await using FileStream rootFile = BundleFile.OpenRead(parsed.GetValue(root)!), bootFile = BundleFile.OpenRead(parsed.GetValue(boot)!);
            string target = parsed.GetValue(output)!;
            await BundleFile.WriteAsync(target, parsed.GetValue(force), async stream =>
            {
                using ProgressBar bar = new(host, "packing", rootFile.Length + bootFile.Length);
                await using FileStream scratch = new(stream.Name + ".scratch", new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite, Options = FileOptions.DeleteOnClose });
                PayloadInput[] payloads = [new(BundlePart.Root, rootFile) { RootHash = parsed.GetValue(rootHash) }, new(BundlePart.Boot, bootFile)];
                BundleWriterOptions options = new() { ChunkSize = checked(parsed.GetValue(chunkSize) * 1024), Level = parsed.GetValue(level), Progress = bar };
                await BundleWriter.WriteAsync(stream, scratch, manifest, payloads, keys, [by], options, ct);
            });
            host.Error.WriteLine($"wrote {target}, {Units.Bytes((ulong)new FileInfo(target).Length)}, signed by {by.Chain[0].Subject}");
            return 0;
        });
        return command;
    }

    private static SemanticVersion Version(string text, Option option) =>
        SemanticVersion.TryParse(text, out SemanticVersion? version) ? version : throw new TalosctlException($"{option.Name} {text}: wanted is a version such as v1.2.3");
}
