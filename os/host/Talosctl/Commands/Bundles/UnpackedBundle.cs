using Talos.Ota.Bundle;
using Talosctl.Cli;

namespace Talosctl.Commands.Bundles;

/// <summary>A bundle with each payload in a temporary file, which is gone when this is disposed.</summary>
internal sealed class UnpackedBundle : IDisposable
{
    private readonly List<(PayloadInfo Info, FileStream File)> _files = [];

    private UnpackedBundle(BundleReader reader) => (Manifest, KeySet) = (reader.Manifest, reader.KeySet);

    public BundleManifest Manifest { get; }

    public ReadOnlyMemory<byte> KeySet { get; }

    /// <summary>Its payloads, to be written again in the same order.</summary>
    public IReadOnlyList<PayloadInput> Payloads =>
    [
        .. _files.Select(f => new PayloadInput(f.Info.Part, f.File) { RootHash = f.Info.RootHash, Base = f.Info.Base, Result = f.Info.Result }),
    ];

    /// <summary>Unpacks a bundle and checks every hash; who signed it is not asked.</summary>
    /// <param name="stream">The bundle.</param>
    /// <param name="aside">First part of the names of the temporary files.</param>
    /// <param name="host">Shows the progress.</param>
    /// <param name="ct">Cancels.</param>
    public static async Task<UnpackedBundle> ReadAsync(Stream stream, string aside, Host host, CancellationToken ct)
    {
        using BundleReader reader = await BundleReader.OpenUnverifiedAsync(new StreamBundleSource(stream), ct);
        using ProgressBar bar = new(host, "unpacking", reader.Manifest.Payloads.Sum(p => p.Content.Size));
        UnpackedBundle unpacked = new(reader);
        try
        {
            long done = 0;
            foreach (BundlePayload payload in reader.Payloads)
            {
                FileStream file = Temporary($"{aside}{unpacked._files.Count}");
                unpacked._files.Add((payload.Info, file));
                done = await UnpackAsync(reader, payload, file, done, bar, ct);
                file.Position = 0;
            }

            return unpacked;
        }
        catch
        {
            unpacked.Dispose();
            throw;
        }
    }

    /// <summary>A new file that is deleted when it is closed.</summary>
    public static FileStream Temporary(string path) =>
        new(path, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite, Options = FileOptions.DeleteOnClose });

    /// <summary>The unpacked full payload of a part.</summary>
    public FileStream FileOf(BundlePart part) => _files.First(f => f.Info.Part == part && f.Info.Kind is PayloadKind.Full).File;

    public void Dispose()
    {
        foreach ((_, FileStream file) in _files)
        {
            file.Dispose();
        }
    }

    private static async Task<long> UnpackAsync(BundleReader reader, BundlePayload payload, FileStream file, long done, ProgressBar bar, CancellationToken ct)
    {
        byte[] chunk = new byte[payload.Info.ChunkSize];
        for (int i = 0; i < payload.ChunkCount; i++)
        {
            int length = await reader.ReadChunkAsync(payload, i, chunk, ct);
            if (!payload.Fits(i, chunk.AsSpan(0, length)))
            {
                throw new TalosctlException($"chunk {i} of {payload.Info}: it unpacks to other bytes than its index says");
            }

            await file.WriteAsync(chunk.AsMemory(0, length), ct);
            done += length;
            bar.Report(done);
        }

        return done;
    }
}
