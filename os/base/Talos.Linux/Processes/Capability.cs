namespace Talos.Linux;

/// <summary>Capabilities a service may be denied. Source: linux/capability.h.</summary>
public enum Capability
{
    /// <summary>Change owners.</summary>
    Chown = 0,
    /// <summary>Read and write any file.</summary>
    DacOverride = 1,
    /// <summary>Configure the network.</summary>
    NetAdmin = 12,
    /// <summary>Raw sockets.</summary>
    NetRaw = 13,
    /// <summary>Load and unload kernel modules.</summary>
    SysModule = 16,
    /// <summary>Raw I/O ports and devices.</summary>
    SysRawio = 17,
    /// <summary>Trace any process.</summary>
    SysPtrace = 19,
    /// <summary>Mount, and much else.</summary>
    SysAdmin = 21,
    /// <summary>Reboot, and load another kernel.</summary>
    SysBoot = 22,
    /// <summary>Override resource limits.</summary>
    SysResource = 24,
    /// <summary>Set the clock.</summary>
    SysTime = 25,
    /// <summary>Make device nodes.</summary>
    Mknod = 27,
    /// <summary>Configure mandatory access control.</summary>
    MacAdmin = 33,
    /// <summary>Read the kernel log.</summary>
    Syslog = 34,
    /// <summary>Load BPF programs.</summary>
    Bpf = 39,
}
