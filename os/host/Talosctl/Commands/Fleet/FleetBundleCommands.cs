using System.CommandLine;
using System.Text.Json.Nodes;
using Talos.Fleet.Api;
using Talosctl.Cli;
using Talosctl.Fleet;

namespace Talosctl.Commands.Fleet;

/// <summary><c>fleet bundle list|upload</c>: the bundles rollouts bring.</summary>
internal static class FleetBundleCommands
{
    public static Command Create(Host host)
    {
        Option<string> output = FleetOptions.Output();
        Command list = new("list", "List the bundles at the hub") { output };
        list.Uses(host, async call =>
        {
            JsonObject answer = await call.Hub.GetAsync("bundles", call.Stop);
            call.Print(output, answer, to => Write(HubClient.Read(answer, HubClient.Json.PageBundleRecord).Items, to));
        });
        Argument<string> file = new("file") { Description = "Bundle, as `talosctl bundle create` writes it" };
        Option<string> sent = FleetOptions.Output();
        Command upload = new("upload", "Bring a bundle to the hub, which checks all of it") { file, sent };
        upload.Uses(host, async call =>
        {
            string name = call.Parsed.GetValue(file)!;
            await using FileStream bytes = File.Exists(name) ? File.OpenRead(name) : throw new TalosctlException($"{name}: no such file");
            using ProgressBar bar = new(host, "sending", bytes.Length);
            await using ProgressStream counted = new(bytes, bar);
            JsonObject answer = await call.Hub.UploadAsync("bundles", counted, call.Stop);
            call.Print(sent, answer, to => Write([HubClient.Read(answer, HubClient.Json.BundleRecord)], to));
        });
        return new Command("bundle", "Bundles at the hub") { list, upload };
    }

    /// <summary>The bundle that a person means: by id, the beginning of it, or version.</summary>
    public static async Task<BundleRecord> FindAsync(FleetCall call, string named)
    {
        IReadOnlyList<BundleRecord> all = HubClient.Read(await call.Hub.GetAsync("bundles", call.Stop), HubClient.Json.PageBundleRecord).Items;
        List<BundleRecord> fits = [.. all.Where(b => b.Version == named || b.Id.StartsWith(named, StringComparison.Ordinal))];
        return fits switch
        {
            [var one] => one,
            [] => throw new TalosctlException($"bundle {named}: the hub has none with this version or id; talosctl fleet bundle upload FILE brings one (it has: {string.Join(", ", all.Select(b => b.Version))})"),
            _ => throw new TalosctlException($"bundle {named}: {fits.Count} fit; name one by its id: {string.Join(", ", fits.Select(b => b.Id[..12]))}"),
        };
    }

    private static void Write(IReadOnlyList<BundleRecord> bundles, TextWriter to)
    {
        Table table = new("BUNDLE", "VERSION", "BOARDS", "SIZE", "CAME", "BY");
        foreach (BundleRecord b in bundles)
        {
            table.Add(b.Id[..Math.Min(16, b.Id.Length)], b.Version, b.Boards.Count == 0 ? "any" : string.Join(',', b.Boards), Units.Bytes((ulong)Math.Max(0, b.Bytes)), FleetText.Moment(b.Uploaded), b.UploadedBy);
        }

        table.WriteTo(to);
    }

    /// <summary>Tells a bar how much was read.</summary>
    private sealed class ProgressStream(Stream inner, IProgress<long> progress) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => inner.Length;

        public override long Position { get => inner.Position; set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count)
        {
            int read = inner.Read(buffer, offset, count);
            progress.Report(inner.Position);
            return read;
        }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            int read = await inner.ReadAsync(buffer, cancellationToken);
            progress.Report(inner.Position);
            return read;
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
