using Microsoft.Win32.SafeHandles;
using Talos.Linux;

namespace Talos.Ota.BootControl.RpiTryboot;

/// <summary><c>autoboot.txt</c> on a FAT partition that is mounted only meanwhile.</summary>
/// <param name="device">Gives its device node.</param>
/// <param name="mountPoint">A folder of ours to mount it on.</param>
public sealed class FatAutobootFile(Func<string> device, string mountPoint) : IAutobootFile
{
    private const string Name = "autoboot.txt";

    /// <inheritdoc/>
    public byte[] Read() => Mounted(MountFlags.ReadOnly, File.ReadAllBytes);

    /// <inheritdoc/>
    public void Write(ReadOnlySpan<byte> content)
    {
        byte[] copy = content.ToArray();
        _ = Mounted(MountFlags.DirectorySync, path =>
        {
            using SafeFileHandle file = File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.Write);
            RandomAccess.Write(file, copy, 0);
            RandomAccess.FlushToDisk(file);
            return copy;
        });
    }

    private byte[] Mounted(MountFlags flags, Func<string, byte[]> use)
    {
        Directory.CreateDirectory(mountPoint);
        Mounts.Mount(device(), mountPoint, "vfat", flags | MountFlags.NoSuid | MountFlags.NoDev | MountFlags.NoExec | MountFlags.NoAtime, "umask=0077");
        try
        {
            return use(Path.Combine(mountPoint, Name));
        }
        finally
        {
            Mounts.Unmount(mountPoint);
        }
    }
}
