using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Talos.Linux;

/// <summary>What <see cref="File"/> does not do: status, durable writes, owners, device nodes.</summary>
public static partial class Files
{
    private const int CurrentDirectory = -100;
    private const int NoFollow = 0x100;
    private const uint BasicStatus = 0x7FF;

    private static readonly Lock AtomicWrites = new();

    /// <summary>Status of a file.</summary>
    /// <exception cref="LinuxException"><see cref="Errno.ENOENT"/>: absent.</exception>
    public static FileStatus Status(string path, bool followLinks = true) =>
        TryStatus(path, followLinks) ?? throw LinuxException.FromLastError("statx", path);

    /// <summary>Status of a file, or null when it is absent.</summary>
    public static unsafe FileStatus? TryStatus(string path, bool followLinks = true)
    {
        Statx data = default;
        if (StatxNative(CurrentDirectory, path, followLinks ? 0 : NoFollow, BasicStatus, &data) == 0)
        {
            return FileStatus.From(data);
        }

        return (Errno)Marshal.GetLastPInvokeError() is Errno.ENOENT or Errno.ENOTDIR
            ? null
            : throw LinuxException.FromLastError("statx", path);
    }

    /// <summary>Replaces a file so that a power cut leaves the old or the new content, never a part.</summary>
    /// <remarks>Temporary file, fsync, rename, fsync of the directory. Writes of one process wait for each other.</remarks>
    public static void WriteAtomically(string path, ReadOnlySpan<byte> content, UnixFileMode mode = UnixFileMode.UserRead | UnixFileMode.UserWrite)
    {
        string directory = Path.GetDirectoryName(Path.GetFullPath(path))!;
        string temporary = Path.Combine(directory, $".{Path.GetFileName(path)}.tmp");

        lock (AtomicWrites)
        {
            File.Delete(temporary);
            FileStreamOptions options = new()
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.Write,
                Share = FileShare.None,
                BufferSize = 0,
                UnixCreateMode = mode,
            };
            using (FileStream file = new(temporary, options))
            {
                File.SetUnixFileMode(file.SafeFileHandle, mode);
                file.Write(content);
                file.Flush(flushToDisk: true);
            }

            File.Move(temporary, path, overwrite: true);
            SyncDirectory(directory);
        }
    }

    /// <summary>Replaces a text file (UTF-8 without a mark) as <see cref="WriteAtomically(string, ReadOnlySpan{byte}, UnixFileMode)"/> does.</summary>
    public static void WriteAtomically(string path, string content, UnixFileMode mode = UnixFileMode.UserRead | UnixFileMode.UserWrite) =>
        WriteAtomically(path, Encoding.UTF8.GetBytes(content), mode);

    /// <summary>Makes renames and deletions in a directory survive a power cut.</summary>
    public static void SyncDirectory(string path)
    {
        using SafeFileHandle directory = Descriptors.Open(path, OpenFlags.ReadOnly);
        if (Fsync(directory) != 0)
        {
            throw LinuxException.FromLastError("fsync", path);
        }
    }

    /// <summary>Writes everything of the file system that holds <paramref name="path"/> to its device.</summary>
    /// <remarks>Source: syncfs(2).</remarks>
    public static void SyncFileSystem(string path)
    {
        using SafeFileHandle file = Descriptors.Open(path, OpenFlags.ReadOnly);
        if (SyncFs(file) != 0)
        {
            throw LinuxException.FromLastError("syncfs", path);
        }
    }

    /// <summary>Writes all dirty data of the machine to its devices and returns when done.</summary>
    public static void SyncAll() => Sync();

    /// <summary>Makes a directory with its parents and sets its permissions, whatever the umask is.</summary>
    public static void CreateDirectory(string path, UnixFileMode mode)
    {
        Directory.CreateDirectory(path);
        File.SetUnixFileMode(path, mode);
    }

    /// <summary>Changes owner and group of a file, of a link itself when it is one.</summary>
    public static void ChangeOwner(string path, uint uid, uint gid)
    {
        if (LChown(path, uid, gid) != 0)
        {
            throw LinuxException.FromLastError("lchown", path);
        }
    }

    /// <summary>Makes a device node.</summary>
    /// <param name="path">Where.</param>
    /// <param name="type">Block or character device.</param>
    /// <param name="major">Major number.</param>
    /// <param name="minor">Minor number.</param>
    /// <param name="permissions">The nine permission bits; the umask takes from them.</param>
    public static void CreateNode(string path, FileType type, uint major, uint minor, uint permissions)
    {
        if (MkNod(path, (uint)type | permissions, DeviceNumber(major, minor)) != 0)
        {
            throw LinuxException.FromLastError("mknod", $"{path} {major}:{minor}");
        }
    }

    /// <summary>Sets which permissions new files of this process do not get; returns the former.</summary>
    public static uint SetUmask(uint mask) => Umask(mask);

    /// <summary><c>makedev(3)</c>.</summary>
    internal static ulong DeviceNumber(uint major, uint minor) =>
        ((ulong)(major & 0xFFFFF000) << 32) | ((ulong)(major & 0xFFF) << 8) | ((ulong)(minor & 0xFFFFFF00) << 12) | (minor & 0xFF);

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial int StatxNative(int directory, string path, int flags, uint mask, Statx* data);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Fsync(SafeFileHandle fd);

    [LibraryImport("libc", EntryPoint = "syncfs", SetLastError = true)]
    private static partial int SyncFs(SafeFileHandle fd);

    [LibraryImport("libc", EntryPoint = "sync")]
    private static partial void Sync();

    [LibraryImport("libc", EntryPoint = "lchown", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int LChown(string path, uint uid, uint gid);

    [LibraryImport("libc", EntryPoint = "mknod", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int MkNod(string path, uint mode, ulong device);

    [LibraryImport("libc", EntryPoint = "umask")]
    private static partial uint Umask(uint mask);
}
