using System.Runtime.InteropServices;

namespace Talos.Linux;

/// <summary>Size and free space of a mounted file system, in bytes. Source: statvfs(3).</summary>
public sealed partial record FileSystemUsage
{
    /// <summary>Size.</summary>
    public required ulong Size { get; init; }

    /// <summary>Free, including what is reserved for root.</summary>
    public required ulong Free { get; init; }

    /// <summary>Free for everybody.</summary>
    public required ulong Available { get; init; }

    /// <summary>Inodes; 0 when the file system has no fixed number.</summary>
    public required ulong Inodes { get; init; }

    /// <summary>Free inodes.</summary>
    public required ulong FreeInodes { get; init; }

    /// <summary>Usage of the file system that holds <paramref name="path"/>.</summary>
    public static unsafe FileSystemUsage Of(string path)
    {
        StatVfs data = default;
        if (StatVfsNative(path, &data) != 0)
        {
            throw LinuxException.FromLastError("statvfs", path);
        }

        return new FileSystemUsage
        {
            Size = data.Blocks * data.FragmentSize,
            Free = data.FreeBlocks * data.FragmentSize,
            Available = data.AvailableBlocks * data.FragmentSize,
            Inodes = data.Files,
            FreeInodes = data.FreeFiles,
        };
    }

    [LibraryImport("libc", EntryPoint = "statvfs", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial int StatVfsNative(string path, StatVfs* data);
}

/// <summary><c>struct statvfs</c>, sys/statvfs.h (64-bit).</summary>
[StructLayout(LayoutKind.Explicit, Size = 112)]
internal struct StatVfs
{
    [FieldOffset(8)] public ulong FragmentSize;
    [FieldOffset(16)] public ulong Blocks;
    [FieldOffset(24)] public ulong FreeBlocks;
    [FieldOffset(32)] public ulong AvailableBlocks;
    [FieldOffset(40)] public ulong Files;
    [FieldOffset(48)] public ulong FreeFiles;
}
