namespace Talos.Linux;

/// <summary>Flags of mount(2). Source: linux/mount.h; same values on arm64 and x64.</summary>
[Flags]
public enum MountFlags : uint
{
    /// <summary>None.</summary>
    None = 0,
    /// <summary>MS_RDONLY.</summary>
    ReadOnly = 1,
    /// <summary>MS_NOSUID.</summary>
    NoSuid = 2,
    /// <summary>MS_NODEV.</summary>
    NoDev = 4,
    /// <summary>MS_NOEXEC.</summary>
    NoExec = 8,
    /// <summary>MS_SYNCHRONOUS.</summary>
    Synchronous = 16,
    /// <summary>MS_REMOUNT.</summary>
    Remount = 32,
    /// <summary>MS_DIRSYNC: changes of directories are on the medium when the call returns.</summary>
    DirectorySync = 128,
    /// <summary>MS_NOATIME.</summary>
    NoAtime = 1024,
    /// <summary>MS_BIND.</summary>
    Bind = 4096,
    /// <summary>MS_MOVE.</summary>
    Move = 8192,
    /// <summary>MS_REC.</summary>
    Recursive = 16384,
    /// <summary>MS_SILENT.</summary>
    Silent = 32768,
    /// <summary>MS_PRIVATE.</summary>
    Private = 1 << 18,
    /// <summary>MS_SLAVE.</summary>
    Slave = 1 << 19,
    /// <summary>MS_SHARED.</summary>
    Shared = 1 << 20,
    /// <summary>MS_RELATIME.</summary>
    RelAtime = 1 << 21,
    /// <summary>MS_LAZYTIME.</summary>
    LazyTime = 1 << 25,
}

/// <summary>Flags of umount2(2). Source: sys/mount.h.</summary>
[Flags]
public enum UnmountFlags
{
    /// <summary>None.</summary>
    None = 0,
    /// <summary>MNT_FORCE.</summary>
    Force = 1,
    /// <summary>MNT_DETACH: away at once, cleaned up when no longer used.</summary>
    Detach = 2,
    /// <summary>UMOUNT_NOFOLLOW.</summary>
    NoFollow = 8,
}
