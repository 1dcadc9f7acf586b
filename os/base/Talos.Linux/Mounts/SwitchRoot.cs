using System.Runtime.InteropServices;

namespace Talos.Linux;

/// <summary>Leaves the initramfs for the real root.</summary>
public static partial class SwitchRoot
{
    /// <summary>Moves <c>/dev</c>, <c>/proc</c>, <c>/sys</c> over, frees the initramfs and makes <paramref name="newRoot"/> the root.</summary>
    /// <param name="newRoot">A mount point that has the three directories.</param>
    /// <remarks>Only for the initramfs: everything on the old root file system is deleted.</remarks>
    public static void To(string newRoot)
    {
        foreach (string mount in (ReadOnlySpan<string>)["/dev", "/proc", "/sys"])
        {
            Mounts.Move(mount, newRoot + mount);
        }

        FileStatus old = Files.Status("/");
        Delete("/", old, keep: newRoot);

        ChangeDirectory(newRoot);
        Mounts.Move(".", "/");
        if (Chroot(".") != 0)
        {
            throw LinuxException.FromLastError("chroot", newRoot);
        }

        ChangeDirectory("/");
    }

    private static void Delete(string directory, FileStatus root, string keep)
    {
        foreach (string path in Directory.GetFileSystemEntries(directory))
        {
            FileStatus entry = Files.Status(path, followLinks: false);
            if (path == keep || entry.DeviceMajor != root.DeviceMajor || entry.DeviceMinor != root.DeviceMinor)
            {
                continue;
            }

            if (entry.Type is not FileType.Directory)
            {
                File.Delete(path);
                continue;
            }

            Delete(path, root, keep);
            if (!keep.StartsWith(path + "/", StringComparison.Ordinal))
            {
                Directory.Delete(path);
            }
        }
    }

    private static void ChangeDirectory(string path)
    {
        if (Chdir(path) != 0)
        {
            throw LinuxException.FromLastError("chdir", path);
        }
    }

    [LibraryImport("libc", EntryPoint = "chroot", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Chroot(string path);

    [LibraryImport("libc", EntryPoint = "chdir", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Chdir(string path);
}
