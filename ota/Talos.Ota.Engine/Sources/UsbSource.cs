namespace Talos.Ota.Engine.Sources;

/// <summary>A bundle on a stick, which stays mounted as long as it is read.</summary>
public sealed class UsbSource : IPayloadSource
{
    private readonly IMountedVolume _volume;
    private readonly FileSource _file;

    private UsbSource(IMountedVolume volume, FileSource file)
    {
        _volume = volume;
        _file = file;
    }

    /// <inheritdoc/>
    public string Name => _file.Name;

    /// <inheritdoc/>
    public long FetchedBytes => _file.FetchedBytes;

    /// <inheritdoc/>
    public long? Length => _file.Length;

    /// <inheritdoc/>
    public bool IsForwardOnly => false;

    /// <summary>Mounts the stick and opens the file.</summary>
    /// <exception cref="SourceException">No such stick, or no such file on it.</exception>
    public static UsbSource Open(IRemovableVolumes volumes, UsbReference reference)
    {
        IMountedVolume volume = volumes.Mount(reference.Label);
        try
        {
            string path = reference.Path.Length > 0 ? reference.Path : OnlyBundle(volume.Folder, reference.Label);
            return new UsbSource(volume, FileSource.Open(Path.Combine(volume.Folder, path), $"usb:{reference.Label}/{path}"));
        }
        catch
        {
            volume.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public ValueTask<int> ReadAtAsync(long offset, Memory<byte> buffer, CancellationToken ct) => _file.ReadAtAsync(offset, buffer, ct);

    /// <inheritdoc/>
    public void Expect(long offset, long length) => _file.Expect(offset, length);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _file.DisposeAsync().ConfigureAwait(false);
        _volume.Dispose();
    }

    private static string OnlyBundle(string folder, string label)
    {
        string[] found = [.. Directory.EnumerateFiles(folder, "*.bundle").Select(Path.GetFileName).OfType<string>().Order(StringComparer.Ordinal)];
        return found switch
        {
            [string only] => only,
            [] => throw new SourceException($"usb:{label}: no file that ends in .bundle in its root folder; name the file as usb:{label}/PATH"),
            _ => throw new SourceException($"usb:{label}: {found.Length} bundles ({string.Join(", ", found)}); name one as usb:{label}/PATH"),
        };
    }
}
