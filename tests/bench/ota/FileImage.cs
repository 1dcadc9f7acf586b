using Microsoft.Win32.SafeHandles;
using Talos.Ota.Delta;

namespace Talos.Ota.Bench;

/// <summary>An image in a file.</summary>
internal sealed class FileImage(string path) : IBaseImage, IDisposable
{
    private readonly SafeFileHandle _file = File.OpenHandle(path);

    public long Length => RandomAccess.GetLength(_file);

    public void ReadAt(long offset, Span<byte> buffer)
    {
        while (buffer.Length > 0)
        {
            int read = RandomAccess.Read(_file, buffer, offset);
            if (read == 0)
            {
                throw new EndOfStreamException($"{path}: it ends at {offset}");
            }

            buffer = buffer[read..];
            offset += read;
        }
    }

    public void Dispose() => _file.Dispose();
}
