using System.Runtime.InteropServices;

namespace Talos.Linux;

/// <summary>Which system calls a service may not make; each answers EPERM.</summary>
public enum DeniedCalls
{
    /// <summary>None: it may make all.</summary>
    None,

    /// <summary>What a daemon that serves and calls others never needs: mounts, modules, devices, tracing, the clock, namespaces, BPF, io_uring.</summary>
    Daemon,

    /// <summary>The same, but for loading modules.</summary>
    DeviceDaemon,
}

/// <summary>The lists behind <see cref="DeniedCalls"/>. Source: asm/unistd.h of each architecture; the numbers are compared in tests/abi.</summary>
internal static class DeniedCallTable
{
    /// <summary>Name, number on x64 (-1: not there), number on arm64, and whether the device daemon is denied it too.</summary>
    public static IReadOnlyList<(string Name, int X64, int Arm64, bool DeniedToDevices)> All { get; } =
    [
        ("acct", 163, 89, true), ("add_key", 248, 217, true), ("adjtimex", 159, 171, true), ("bpf", 321, 280, true), ("chroot", 161, 51, true),
        ("clock_adjtime", 305, 266, true), ("clock_settime", 227, 112, true), ("delete_module", 176, 106, true), ("finit_module", 313, 273, false),
        ("fsconfig", 431, 431, true), ("fsmount", 432, 432, true), ("fsopen", 430, 430, true), ("fspick", 433, 433, true), ("init_module", 175, 105, true),
        ("io_uring_enter", 426, 426, true), ("io_uring_register", 427, 427, true), ("io_uring_setup", 425, 425, true), ("kexec_file_load", 320, 294, true),
        ("kexec_load", 246, 104, true), ("keyctl", 250, 219, true), ("mknod", 133, -1, true), ("mknodat", 259, 33, true), ("mount", 165, 40, true),
        ("mount_setattr", 442, 442, true), ("move_mount", 429, 429, true), ("open_by_handle_at", 304, 265, true), ("open_tree", 428, 428, true),
        ("perf_event_open", 298, 241, true), ("pivot_root", 155, 41, true), ("process_vm_readv", 310, 270, true), ("process_vm_writev", 311, 271, true),
        ("ptrace", 101, 117, true), ("quotactl", 179, 60, true), ("reboot", 169, 142, true), ("request_key", 249, 218, true), ("setdomainname", 171, 162, true),
        ("sethostname", 170, 161, true), ("setns", 308, 268, true), ("settimeofday", 164, 170, true), ("swapoff", 168, 225, true), ("swapon", 167, 224, true),
        ("syslog", 103, 116, true), ("umount2", 166, 39, true), ("unshare", 272, 97, true), ("userfaultfd", 323, 282, true),
    ];

    /// <summary>The numbers of a list on an architecture.</summary>
    public static IReadOnlyList<uint> NumbersOf(DeniedCalls list, Architecture architecture) => list is DeniedCalls.None
        ? []
        : [.. All.Where(c => c.DeniedToDevices || list is DeniedCalls.Daemon)
            .Select(c => architecture is Architecture.Arm64 ? c.Arm64 : c.X64)
            .Where(n => n >= 0)
            .Select(n => (uint)n)];
}
