using System.Runtime.InteropServices;

namespace Talos.Linux;

/// <summary>Kind of a file. Values: the type bits of <c>st_mode</c>, linux/stat.h.</summary>
public enum FileType
{
    /// <summary>Unknown.</summary>
    Unknown = 0,
    /// <summary>S_IFIFO.</summary>
    Fifo = 0x1000,
    /// <summary>S_IFCHR.</summary>
    CharacterDevice = 0x2000,
    /// <summary>S_IFDIR.</summary>
    Directory = 0x4000,
    /// <summary>S_IFBLK.</summary>
    BlockDevice = 0x6000,
    /// <summary>S_IFREG.</summary>
    Regular = 0x8000,
    /// <summary>S_IFLNK.</summary>
    SymbolicLink = 0xA000,
    /// <summary>S_IFSOCK.</summary>
    Socket = 0xC000,
}

/// <summary>What the kernel says about a file. Source: statx(2).</summary>
public sealed record FileStatus
{
    /// <summary>Type and permission bits (<c>st_mode</c>).</summary>
    public required uint Mode { get; init; }

    /// <summary>Owner.</summary>
    public required uint Uid { get; init; }

    /// <summary>Group.</summary>
    public required uint Gid { get; init; }

    /// <summary>Size in bytes.</summary>
    public required long Size { get; init; }

    /// <summary>Space taken, in bytes.</summary>
    public required long AllocatedSize { get; init; }

    /// <summary>Inode number.</summary>
    public required ulong Inode { get; init; }

    /// <summary>Number of hard links.</summary>
    public required uint Links { get; init; }

    /// <summary>Last change of the content.</summary>
    public required DateTimeOffset Modified { get; init; }

    /// <summary>Major number of the device the file is on.</summary>
    public required uint DeviceMajor { get; init; }

    /// <summary>Minor number of the device the file is on.</summary>
    public required uint DeviceMinor { get; init; }

    /// <summary>Major number of a device node.</summary>
    public required uint NodeMajor { get; init; }

    /// <summary>Minor number of a device node.</summary>
    public required uint NodeMinor { get; init; }

    /// <summary>Kind of the file.</summary>
    public FileType Type => (FileType)(Mode & 0xF000);

    /// <summary>The twelve permission bits.</summary>
    public uint Permissions => Mode & 0xFFF;

    internal static FileStatus From(in Statx x) => new()
    {
        Mode = x.Mode,
        Uid = x.Uid,
        Gid = x.Gid,
        Size = (long)x.Size,
        AllocatedSize = (long)x.Blocks * 512,
        Inode = x.Inode,
        Links = x.Links,
        Modified = DateTimeOffset.FromUnixTimeSeconds(Math.Clamp(x.ModifiedSeconds, -62135596800, 253402300799)).AddTicks(x.ModifiedNanoseconds / 100),
        DeviceMajor = x.DeviceMajor,
        DeviceMinor = x.DeviceMinor,
        NodeMajor = x.NodeMajor,
        NodeMinor = x.NodeMinor,
    };
}

/// <summary><c>struct statx</c>, linux/stat.h; the same on every architecture.</summary>
[StructLayout(LayoutKind.Explicit, Size = 256)]
internal struct Statx
{
    [FieldOffset(16)] public uint Links;
    [FieldOffset(20)] public uint Uid;
    [FieldOffset(24)] public uint Gid;
    [FieldOffset(28)] public ushort Mode;
    [FieldOffset(32)] public ulong Inode;
    [FieldOffset(40)] public ulong Size;
    [FieldOffset(48)] public ulong Blocks;
    [FieldOffset(112)] public long ModifiedSeconds;
    [FieldOffset(120)] public uint ModifiedNanoseconds;
    [FieldOffset(128)] public uint NodeMajor;
    [FieldOffset(132)] public uint NodeMinor;
    [FieldOffset(136)] public uint DeviceMajor;
    [FieldOffset(140)] public uint DeviceMinor;
}
