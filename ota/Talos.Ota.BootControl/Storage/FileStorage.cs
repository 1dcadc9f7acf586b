using Microsoft.Win32.SafeHandles;
using Talos.Linux;
using Talos.Ota.Slots;

namespace Talos.Ota.BootControl.Storage;

/// <summary>A file or partition. Writes wait in memory only within <see cref="Window"/>, so that an update does not push out what the workload has cached.</summary>
public sealed class FileStorage : ISlotStorage
{
    private const long Window = 4 << 20;

    private readonly SafeFileHandle _handle;
    private readonly string _path;
    private long _first = long.MaxValue, _end;

    private FileStorage(SafeFileHandle handle, string path, long length)
    {
        _handle = handle;
        _path = path;
        Length = length;
    }

    /// <inheritdoc/>
    public long Length { get; }

    /// <summary>Opens a file for reading.</summary>
    public static FileStorage OpenFile(string path)
    {
        SafeFileHandle handle = File.OpenHandle(path);
        return new FileStorage(handle, path, RandomAccess.GetLength(handle));
    }

    /// <summary>Opens a file for writing, with this length.</summary>
    /// <exception cref="SlotException">There is no room for it.</exception>
    public static FileStorage CreateFile(string path, long length)
    {
        SafeFileHandle handle = File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite);
        try
        {
            long before = RandomAccess.GetLength(handle);
            long free = (long)FileSystemUsage.Of(Path.GetDirectoryName(path)!).Available;
            if (length - before > free)
            {
                throw new SlotException($"{path}: {length} bytes wanted, {before} there and {free} free on its file system");
            }

            RandomAccess.SetLength(handle, length);
            return new FileStorage(handle, path, length);
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    /// <summary>Opens a partition through the page cache: for reading what the system itself has open.</summary>
    public static FileStorage OpenPartition(string path, bool writable)
    {
        SafeFileHandle handle = Descriptors.Open(path, writable ? OpenFlags.ReadWrite | OpenFlags.Exclusive : OpenFlags.ReadOnly);
        return new FileStorage(handle, path, PageCache.LengthOf(handle, path));
    }

    /// <inheritdoc/>
    public void Read(long offset, Span<byte> buffer)
    {
        while (buffer.Length > 0)
        {
            int read = RandomAccess.Read(_handle, buffer, offset);
            if (read == 0)
            {
                throw new EndOfStreamException($"{_path}: ends at {offset}, {buffer.Length} bytes more wanted");
            }

            buffer = buffer[read..];
            offset += read;
        }
    }

    /// <inheritdoc/>
    public void Write(long offset, ReadOnlySpan<byte> data)
    {
        RandomAccess.Write(_handle, data, offset);
        _first = Math.Min(_first, offset);
        _end = Math.Max(_end, offset + data.Length);
        if (_end - _first >= Window)
        {
            PageCache.WriteOut(_handle, _first, _end - _first, _path);
            PageCache.Drop(_handle, _first, _end - _first, _path);
            (_first, _end) = (long.MaxValue, 0);
        }
    }

    /// <inheritdoc/>
    public void Flush() => RandomAccess.FlushToDisk(_handle);

    /// <inheritdoc/>
    public void DropCache() => PageCache.Drop(_handle, 0, 0, _path);

    /// <inheritdoc/>
    public void Dispose() => _handle.Dispose();
}
