using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Talos.Linux;

/// <summary>The page cache behind an open file or block device.</summary>
/// <remarks>Source: sync_file_range(2), posix_fadvise(2); linux/fs.h, linux/fadvise.h.</remarks>
public static partial class PageCache
{
    internal const uint WaitBefore = 1, StartWrite = 2, WaitAfter = 4;
    internal const int DontNeed = 4, SeekEnd = 2;

    /// <summary>Writes a range to the device and waits; the device's own cache is not flushed.</summary>
    public static void WriteOut(SafeFileHandle file, long offset, long length, string path)
    {
        if (SyncFileRange(file, offset, length, WaitBefore | StartWrite | WaitAfter) != 0)
        {
            throw LinuxException.FromLastError("sync_file_range", $"{path} {offset}+{length}");
        }
    }

    /// <summary>Lets go of the clean pages of a range, so that it is read from the device the next time.</summary>
    /// <param name="file">The file.</param>
    /// <param name="offset">Bytes.</param>
    /// <param name="length">Bytes; 0 for all to the end.</param>
    /// <param name="path">For messages.</param>
    public static void Drop(SafeFileHandle file, long offset, long length, string path)
    {
        int error = Advise(file, offset, length, DontNeed);
        if (error != 0)
        {
            throw new LinuxException((Errno)error, "posix_fadvise", $"{path} {offset}+{length}");
        }
    }

    /// <summary>Bytes of a file or block device.</summary>
    public static long LengthOf(SafeFileHandle file, string path)
    {
        long end = Seek(file, 0, SeekEnd);
        return end >= 0 ? end : throw LinuxException.FromLastError("lseek", path);
    }

    [LibraryImport("libc", EntryPoint = "sync_file_range", SetLastError = true)]
    private static partial int SyncFileRange(SafeFileHandle file, long offset, long length, uint flags);

    [LibraryImport("libc", EntryPoint = "posix_fadvise")]
    private static partial int Advise(SafeFileHandle file, long offset, long length, int advice);

    [LibraryImport("libc", EntryPoint = "lseek", SetLastError = true)]
    private static partial long Seek(SafeFileHandle file, long offset, int origin);
}
