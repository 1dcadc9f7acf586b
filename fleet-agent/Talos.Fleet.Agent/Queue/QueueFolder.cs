using Talos.Linux;

namespace Talos.Fleet.Agent;

/// <summary>The files of a queue in a folder of their own.</summary>
internal sealed class QueueFolder : IQueueFiles
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly string _folder;

    /// <param name="folder">Made when it is absent.</param>
    public QueueFolder(string folder)
    {
        _folder = folder;
        Files.CreateDirectory(folder, Private | UnixFileMode.UserExecute);
    }

    public IReadOnlyList<string> List() => [.. Directory.EnumerateFiles(_folder).Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal)];

    public byte[] Read(string name) => File.ReadAllBytes(Path.Combine(_folder, name));

    public void Create(string name, ReadOnlySpan<byte> content)
    {
        FileStreamOptions options = new()
        {
            Mode = FileMode.Create,
            Access = FileAccess.Write,
            Share = FileShare.Read,
            BufferSize = 0,
            UnixCreateMode = Private,
        };
        using (FileStream file = new(Path.Combine(_folder, name), options))
        {
            file.Write(content);
            file.Flush(flushToDisk: true);
        }

        Files.SyncDirectory(_folder);
    }

    public void Append(string name, ReadOnlySpan<byte> content)
    {
        using FileStream file = new(Path.Combine(_folder, name), FileMode.Append, FileAccess.Write, FileShare.Read, bufferSize: 0);
        file.Write(content);
        file.Flush(flushToDisk: true);
    }

    public void Truncate(string name, long length)
    {
        using FileStream file = new(Path.Combine(_folder, name), FileMode.Open, FileAccess.Write, FileShare.Read, bufferSize: 0);
        file.SetLength(length);
        file.Flush(flushToDisk: true);
    }

    public void Delete(string name) => File.Delete(Path.Combine(_folder, name));
}
