using Talos.Ota.Delta;

namespace Talosctl.Commands.Bundles;

/// <summary>An image in a file.</summary>
internal sealed class FileImage(FileStream file) : IBaseImage
{
    /// <inheritdoc/>
    public long Length => RandomAccess.GetLength(file.SafeFileHandle);

    /// <inheritdoc/>
    public void ReadAt(long offset, Span<byte> buffer)
    {
        while (buffer.Length > 0)
        {
            int read = RandomAccess.Read(file.SafeFileHandle, buffer, offset);
            if (read == 0)
            {
                throw new EndOfStreamException($"{file.Name}: it ends at {offset}");
            }

            buffer = buffer[read..];
            offset += read;
        }
    }
}
