using System.Runtime.InteropServices;

namespace Talos.Linux;

/// <summary>Mounting and unmounting.</summary>
/// <remarks>Source: mount(2), umount2(2); needs CAP_SYS_ADMIN.</remarks>
public static partial class Mounts
{
    /// <summary>Mounts a file system.</summary>
    /// <param name="source">Device or pseudo source, e.g. <c>tmpfs</c>.</param>
    /// <param name="target">An existing directory (a file for a bind mount of a file).</param>
    /// <param name="type">File system type.</param>
    /// <param name="flags">Mount flags.</param>
    /// <param name="data">Options of the file system, comma separated.</param>
    public static void Mount(string source, string target, string type, MountFlags flags = MountFlags.None, string? data = null) =>
        Call(source, target, type, flags, data, $"{source} on {target} ({type})");

    /// <summary>Shows the file or directory <paramref name="source"/> at <paramref name="target"/> too.</summary>
    /// <param name="source">What exists.</param>
    /// <param name="target">Where it shall appear; must exist and be of the same kind.</param>
    /// <param name="extra">Attributes of the new mount, e.g. read-only, nosuid; set in a second step as the kernel wants it.</param>
    /// <param name="recursive">With the mounts below it.</param>
    public static void Bind(string source, string target, MountFlags extra = MountFlags.None, bool recursive = false)
    {
        MountFlags bind = MountFlags.Bind | (recursive ? MountFlags.Recursive : 0);
        Call(source, target, null, bind, null, $"bind {source} on {target}");

        if (extra is not MountFlags.None)
        {
            Call(null, target, null, MountFlags.Bind | MountFlags.Remount | extra, null, $"remount {target} ({extra})");
        }
    }

    /// <summary>Changes flags and options of a mount.</summary>
    public static void Remount(string target, MountFlags flags, string? data = null) =>
        Call(null, target, null, MountFlags.Remount | flags, data, $"remount {target} ({flags})");

    /// <summary>Moves a mount to another directory.</summary>
    public static void Move(string source, string target) =>
        Call(source, target, null, MountFlags.Move, null, $"move {source} to {target}");

    /// <summary>Sets whether mounts below are passed on to other namespaces.</summary>
    /// <param name="target">A mount point.</param>
    /// <param name="propagation">Shared, slave or private, with recursive or without.</param>
    public static void SetPropagation(string target, MountFlags propagation) =>
        Call(null, target, null, propagation, null, $"propagation of {target} ({propagation})");

    /// <summary>Unmounts.</summary>
    /// <exception cref="LinuxException"><see cref="Errno.EBUSY"/>: in use. <see cref="Errno.EINVAL"/>: not a mount point.</exception>
    public static void Unmount(string target, UnmountFlags flags = UnmountFlags.None)
    {
        if (Unmount2(target, (int)flags) != 0)
        {
            throw LinuxException.FromLastError("umount", target);
        }
    }

    /// <summary>Unmounts when mounted.</summary>
    /// <returns>False when nothing is mounted there or the directory is absent.</returns>
    public static bool TryUnmount(string target, UnmountFlags flags = UnmountFlags.None)
    {
        if (Unmount2(target, (int)flags) == 0)
        {
            return true;
        }

        return (Errno)Marshal.GetLastPInvokeError() is Errno.EINVAL or Errno.ENOENT
            ? false
            : throw LinuxException.FromLastError("umount", target);
    }

    private static void Call(string? source, string target, string? type, MountFlags flags, string? data, string subject)
    {
        if (MountNative(source, target, type, (nuint)flags, data) != 0)
        {
            throw LinuxException.FromLastError("mount", subject);
        }
    }

    [LibraryImport("libc", EntryPoint = "mount", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int MountNative(string? source, string target, string? type, nuint flags, string? data);

    [LibraryImport("libc", EntryPoint = "umount2", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Unmount2(string target, int flags);
}
