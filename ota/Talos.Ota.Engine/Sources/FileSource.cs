using Microsoft.Win32.SafeHandles;

namespace Talos.Ota.Engine.Sources;

/// <summary>A bundle in a file of the node.</summary>
public sealed class FileSource : IPayloadSource
{
    private readonly SafeFileHandle _file;
    private long _fetched;

    private FileSource(SafeFileHandle file, string name)
    {
        _file = file;
        Name = name;
        Length = RandomAccess.GetLength(file);
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public long FetchedBytes => _fetched;

    /// <inheritdoc/>
    public long? Length { get; }

    /// <inheritdoc/>
    public bool IsForwardOnly => false;

    /// <summary>Opens a file.</summary>
    /// <exception cref="SourceException">It is not there or cannot be read.</exception>
    public static FileSource Open(string path) => Open(path, path);

    /// <inheritdoc/>
    public async ValueTask<int> ReadAtAsync(long offset, Memory<byte> buffer, CancellationToken ct)
    {
        try
        {
            int read = await RandomAccess.ReadAsync(_file, buffer, offset, ct).ConfigureAwait(false);
            _fetched += read;
            return read;
        }
        catch (IOException e)
        {
            throw new SourceException($"{Name} at {offset}", e);
        }
    }

    /// <inheritdoc/>
    public void Expect(long offset, long length) => ArgumentOutOfRangeException.ThrowIfNegative(length);

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _file.Dispose();
        return ValueTask.CompletedTask;
    }

    internal static FileSource Open(string path, string name)
    {
        try
        {
            return new FileSource(File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read, FileOptions.SequentialScan), name);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new SourceException($"bundle {name}", e);
        }
    }
}
