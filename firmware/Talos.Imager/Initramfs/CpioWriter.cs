using System.Globalization;
using System.Text;

namespace Talos.Imager.Initramfs;

/// <summary>Writes a cpio archive in the format the kernel unpacks: <c>newc</c>, everything owned by root, times 0.</summary>
/// <remarks>Source: Linux, Documentation/driver-api/early-userspace/buffer-format.rst.</remarks>
internal sealed class CpioWriter(Stream output)
{
    private const int DirectoryType = 0x4000;
    private const int FileType = 0x8000;
    private const int LinkType = 0xA000;
    private const int Alignment = 4;
    private const string Trailer = "TRAILER!!!";

    private int _inode;
    private long _position;

    /// <summary>Adds a directory; its parents must be there before it.</summary>
    public void AddDirectory(string path, int mode = 0b111_101_101) => Add(path, DirectoryType | mode, 2, []);

    /// <summary>Adds a regular file.</summary>
    public void AddFile(string path, ReadOnlySpan<byte> content, int mode = 0b110_100_100) => Add(path, FileType | mode, 1, content);

    /// <summary>Adds a symbolic link.</summary>
    public void AddLink(string path, string target) => Add(path, LinkType | 0b111_111_111, 1, Encoding.UTF8.GetBytes(target));

    /// <summary>Writes the end of the archive.</summary>
    public void Finish()
    {
        _inode = -1;
        Add(Trailer, 0, 1, []);
    }

    private void Add(string path, int mode, int links, ReadOnlySpan<byte> content)
    {
        byte[] name = Encoding.UTF8.GetBytes(path + '\0');
        _inode++;

        // Fields: inode, mode, uid, gid, links, mtime, size, device (2), device it stands for (2), name length, checksum (unused).
        int[] fields = [_inode, mode, 0, 0, links, 0, content.Length, 0, 0, 0, 0, name.Length, 0];
        Write(Encoding.ASCII.GetBytes("070701" + string.Concat(fields.Select(f => f.ToString("x8", CultureInfo.InvariantCulture)))));
        Write(name);
        Pad();
        Write(content);
        Pad();
    }

    private void Pad() => Write(stackalloc byte[(int)((Alignment - (_position % Alignment)) % Alignment)]);

    private void Write(ReadOnlySpan<byte> bytes)
    {
        output.Write(bytes);
        _position += bytes.Length;
    }
}
