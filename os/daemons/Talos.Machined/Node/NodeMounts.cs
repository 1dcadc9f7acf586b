using Talos.Linux;

namespace Talos.Machined.Node;

/// <summary>One mount of the early boot.</summary>
/// <param name="Source">Device or name of the filesystem.</param>
/// <param name="Target">Where; made when the place above allows it.</param>
/// <param name="Type">Filesystem type.</param>
/// <param name="Flags">Mount flags.</param>
/// <param name="Data">Options of the filesystem.</param>
/// <param name="Required">Whether the node cannot go on without it.</param>
internal sealed record NodeMount(string Source, string Target, string Type, MountFlags Flags, string? Data, bool Required);

/// <summary>Which filesystems the node has beside its root, before any disk is mounted.</summary>
internal static class NodeMounts
{
    private const MountFlags Strict = MountFlags.NoSuid | MountFlags.NoDev | MountFlags.NoExec;

    /// <summary>In order of mounting. What stage 1 moved over, <c>/proc /sys /dev</c>, is left out when mounted.</summary>
    public static IReadOnlyList<NodeMount> Early { get; } =
    [
        new("proc", "/proc", "proc", Strict, null, true),
        new("sysfs", "/sys", "sysfs", Strict, null, true),
        new("devtmpfs", "/dev", "devtmpfs", MountFlags.NoSuid, "mode=0755", true),
        new("devpts", "/dev/pts", "devpts", MountFlags.NoSuid | MountFlags.NoExec, "ptmxmode=000,mode=620,gid=5", false),
        new("tmpfs", "/dev/shm", "tmpfs", MountFlags.NoSuid | MountFlags.NoDev, "mode=1777", false),
        new("mqueue", "/dev/mqueue", "mqueue", Strict, null, false),
        new("tmpfs", "/run", "tmpfs", MountFlags.NoSuid | MountFlags.NoDev, "mode=0755", true),
        new("tmpfs", "/system", "tmpfs", MountFlags.NoSuid | MountFlags.NoDev, "mode=0755", true),
        new("tmpfs", "/tmp", "tmpfs", Strict, "mode=1777,size=64m", true),
        new("cgroup2", "/sys/fs/cgroup", "cgroup2", Strict, "nsdelegate,memory_recursiveprot", true),
        new("securityfs", "/sys/kernel/security", "securityfs", Strict, null, false),
        new("bpf", "/sys/fs/bpf", "bpf", Strict, "mode=700", false),
        new("pstore", "/sys/fs/pstore", "pstore", Strict, null, false),
        new("tracefs", "/sys/kernel/tracing", "tracefs", Strict, null, false),
        new("efivarfs", "/sys/firmware/efi/efivars", "efivarfs", Strict, null, false),
    ];

    /// <summary>Directories made after the early mounts.</summary>
    public static IReadOnlyList<string> Directories { get; } =
    [
        "/system/state", "/system/etc", "/system/run", "/system/run/machined", "/system/run/apid", "/system/run/trustd",
        "/system/var", "/run/lock", "/run/containerd",
    ];

    /// <summary>Files of <c>/etc</c> that are written at run time: each is bound over an empty one of the read-only root.</summary>
    public static IReadOnlyList<string> EtcFiles { get; } = ["hosts", "resolv.conf", "hostname", "machine-id"];

    /// <summary>Directories of the root that can be written because their changes lie on EPHEMERAL.</summary>
    public static IReadOnlyList<string> Overlays { get; } = ["/etc/cni", "/etc/kubernetes", "/opt"];

    /// <summary>Where the CNI library keeps the results of its plugins.</summary>
    public const string NetworkState = "/var/lib/cni";

    /// <summary>Directories made on EPHEMERAL.</summary>
    public static IReadOnlyList<string> EphemeralDirectories { get; } =
    [
        "/var/log", "/var/log/pods", "/var/log/containers", "/var/lib", "/var/lib/containerd", "/var/lib/kubelet", NetworkState,
        "/var/cache", "/var/tmp", "/var/system", "/var/system/overlays",
    ];
}
