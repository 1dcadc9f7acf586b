namespace Talos.Services.Logs;

/// <summary>One file a log, with one predecessor: <c>kubelet.log</c> and <c>kubelet.log.1</c>.</summary>
/// <param name="directory">Such as <c>/var/log</c>.</param>
/// <param name="limit">Bytes after which a file becomes the predecessor.</param>
internal sealed class FileLogStore(string directory, long limit) : ILogStore
{
    private volatile bool _open;

    public bool IsOpen => _open;

    /// <summary>From here on the directory can be written.</summary>
    public void Open()
    {
        Directory.CreateDirectory(directory);
        _open = true;
    }

    /// <summary>The directory goes away.</summary>
    public void Close() => _open = false;

    public void Append(string id, ReadOnlySpan<byte> data)
    {
        string path = PathOf(id);
        using (FileStream file = new(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0))
        {
            file.Write(data);
            if (file.Length < limit)
            {
                return;
            }
        }

        File.Move(path, path + ".1", overwrite: true);
    }

    public IStoredText Open(string id, long limit) => new StoredFiles([PathOf(id) + ".1", PathOf(id)], limit);

    private string PathOf(string id) => Path.Combine(directory, id + ".log");
}
