namespace Talos.Linux;

/// <summary>Capabilities a service may be denied. Source: linux/capability.h.</summary>
public enum Capability
{
    /// <summary>Change owners.</summary>
    Chown = 0,
    /// <summary>Read and write any file.</summary>
    DacOverride = 1,
    /// <summary>Read any file and search any folder.</summary>
    DacReadSearch = 2,
    /// <summary>Act as the owner of any file.</summary>
    Fowner = 3,
    /// <summary>Keep the set-id bits of changed files.</summary>
    Fsetid = 4,
    /// <summary>Signal any process.</summary>
    Kill = 5,
    /// <summary>Become any group.</summary>
    Setgid = 6,
    /// <summary>Become any user.</summary>
    Setuid = 7,
    /// <summary>Change the sets of capabilities.</summary>
    Setpcap = 8,
    /// <summary>Set files append-only or immutable.</summary>
    LinuxImmutable = 9,
    /// <summary>Listen on ports below 1024.</summary>
    NetBindService = 10,
    /// <summary>Broadcast, and listen to multicasts.</summary>
    NetBroadcast = 11,
    /// <summary>Configure the network.</summary>
    NetAdmin = 12,
    /// <summary>Raw sockets.</summary>
    NetRaw = 13,
    /// <summary>Lock memory.</summary>
    IpcLock = 14,
    /// <summary>Use any System V IPC object.</summary>
    IpcOwner = 15,
    /// <summary>Load and unload kernel modules.</summary>
    SysModule = 16,
    /// <summary>Raw I/O ports and devices.</summary>
    SysRawio = 17,
    /// <summary>Change the root folder.</summary>
    SysChroot = 18,
    /// <summary>Trace any process.</summary>
    SysPtrace = 19,
    /// <summary>Process accounting.</summary>
    SysPacct = 20,
    /// <summary>Mount, and much else.</summary>
    SysAdmin = 21,
    /// <summary>Reboot, and load another kernel.</summary>
    SysBoot = 22,
    /// <summary>Raise priorities.</summary>
    SysNice = 23,
    /// <summary>Override resource limits.</summary>
    SysResource = 24,
    /// <summary>Set the clock.</summary>
    SysTime = 25,
    /// <summary>Configure terminals.</summary>
    SysTtyConfig = 26,
    /// <summary>Make device nodes.</summary>
    Mknod = 27,
    /// <summary>Take leases on any file.</summary>
    Lease = 28,
    /// <summary>Write records to the audit log.</summary>
    AuditWrite = 29,
    /// <summary>Configure the audit.</summary>
    AuditControl = 30,
    /// <summary>Set capabilities of files.</summary>
    Setfcap = 31,
    /// <summary>Override mandatory access control.</summary>
    MacOverride = 32,
    /// <summary>Configure mandatory access control.</summary>
    MacAdmin = 33,
    /// <summary>Read the kernel log.</summary>
    Syslog = 34,
    /// <summary>Wake the system by a timer.</summary>
    WakeAlarm = 35,
    /// <summary>Keep the system from suspending.</summary>
    BlockSuspend = 36,
    /// <summary>Read the audit log.</summary>
    AuditRead = 37,
    /// <summary>Observe performance.</summary>
    Perfmon = 38,
    /// <summary>Load BPF programs.</summary>
    Bpf = 39,
    /// <summary>Checkpoint and restore processes.</summary>
    CheckpointRestore = 40,
}
