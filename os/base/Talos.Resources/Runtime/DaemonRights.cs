using Talos.Cosi;

namespace Talos.Resources.Runtime;

/// <summary>What the OS's own daemons may do: what each needs and nothing else.</summary>
public static class DaemonRights
{
    /// <summary>User and group of trustd, as the field numbers it.</summary>
    public const int TrustdUser = 51;

    /// <summary>Every capability there is.</summary>
    private static readonly string[] All =
    [
        "CAP_AUDIT_CONTROL", "CAP_AUDIT_READ", "CAP_AUDIT_WRITE", "CAP_BLOCK_SUSPEND", "CAP_BPF", "CAP_CHECKPOINT_RESTORE",
        "CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_DAC_READ_SEARCH", "CAP_FOWNER", "CAP_FSETID", "CAP_IPC_LOCK", "CAP_IPC_OWNER",
        "CAP_KILL", "CAP_LEASE", "CAP_LINUX_IMMUTABLE", "CAP_MAC_ADMIN", "CAP_MAC_OVERRIDE", "CAP_MKNOD", "CAP_NET_ADMIN",
        "CAP_NET_BIND_SERVICE", "CAP_NET_BROADCAST", "CAP_NET_RAW", "CAP_PERFMON", "CAP_SETFCAP", "CAP_SETGID", "CAP_SETPCAP",
        "CAP_SETUID", "CAP_SYS_ADMIN", "CAP_SYS_BOOT", "CAP_SYS_CHROOT", "CAP_SYS_MODULE", "CAP_SYS_NICE", "CAP_SYS_PACCT",
        "CAP_SYS_PTRACE", "CAP_SYS_RAWIO", "CAP_SYS_RESOURCE", "CAP_SYS_TIME", "CAP_SYS_TTY_CONFIG", "CAP_SYSLOG", "CAP_WAKE_ALARM"
    ];

    /// <summary>Every capability but these, to be dropped.</summary>
    public static ValueList<string> AllBut(params ReadOnlySpan<string> kept)
    {
        HashSet<string> left = [.. kept];
        return [.. All.Where(c => !left.Contains(c))];
    }
}
