using Microsoft.Win32.SafeHandles;

namespace Talos.Services.Logs;

/// <summary>A log file and its predecessor, held open: a file that is renamed or replaced meanwhile is still read to its end.</summary>
internal sealed class StoredFiles : IStoredText
{
    private readonly List<(SafeFileHandle File, long From, long Length)> _parts = [];

    /// <summary>Opens what is there.</summary>
    /// <param name="paths">The oldest first.</param>
    /// <param name="limit">At most so many of the last bytes.</param>
    public StoredFiles(IEnumerable<string> paths, long limit)
    {
        foreach (string path in paths.Reverse())
        {
            if (limit <= 0 || !File.Exists(path))
            {
                continue;
            }

            SafeFileHandle file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            long size = RandomAccess.GetLength(file);
            long length = Math.Min(size, limit);
            _parts.Insert(0, (file, size - length, length));
            limit -= length;
            Length += length;
        }
    }

    public long Length { get; }

    public int Read(long position, Span<byte> buffer)
    {
        int total = 0;
        foreach ((SafeFileHandle file, long from, long length) in _parts)
        {
            while (position < length && total < buffer.Length)
            {
                int wanted = (int)Math.Min(buffer.Length - total, length - position);
                int read = RandomAccess.Read(file, buffer.Slice(total, wanted), from + position);
                if (read == 0)
                {
                    return total;
                }

                total += read;
                position += read;
            }

            position -= length;
        }

        return total;
    }

    public void Dispose() => _parts.ForEach(p => p.File.Dispose());
}
