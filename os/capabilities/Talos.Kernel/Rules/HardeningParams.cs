using Talos.Resources.Kernel;

namespace Talos.Kernel.Rules;

/// <summary>Kernel parameters the system sets by itself.</summary>
internal static class HardeningParams
{
    private const string Sysctls = "proc.sys.";

    /// <summary>Set whatever the machine config says. Source: Kernel Self Protection Project, recommended settings.</summary>
    private static readonly (string Name, string Value)[] Enforced =
    [
        ("dev.tty.ldisc_autoload", "0"),
        ("dev.tty.legacy_tiocsti", "0"),
        ("fs.protected_fifos", "2"),
        ("fs.protected_hardlinks", "1"),
        ("fs.protected_regular", "2"),
        ("fs.protected_symlinks", "1"),
        ("fs.suid_dumpable", "0"),
        ("kernel.dmesg_restrict", "1"),
        ("kernel.kptr_restrict", "2"),
        ("kernel.perf_event_paranoid", "3"),
        ("kernel.randomize_va_space", "2"),
        ("kernel.unprivileged_bpf_disabled", "1"),
        ("kernel.yama.ptrace_scope", "2"),
        ("net.core.bpf_jit_harden", "2"),
        ("user.max_user_namespaces", "0"),
        ("vm.unprivileged_userfaultfd", "0"),
    ];

    /// <summary>What pods and a busy node need; the machine config may change it.</summary>
    private static readonly (string Name, string Value)[] Needed =
    [
        ("fs.inotify.max_user_instances", "8192"),
        ("fs.inotify.max_user_watches", "524288"),
        ("kernel.panic", "10"),
        ("kernel.panic_on_oops", "1"),
        ("kernel.pid_max", "262144"),
        ("net.bridge.bridge-nf-call-ip6tables", "1"),
        ("net.bridge.bridge-nf-call-iptables", "1"),
        ("net.ipv4.icmp_echo_ignore_broadcasts", "1"),
        ("net.ipv4.ip_forward", "1"),
        ("net.ipv6.conf.default.forwarding", "1"),
        ("vm.overcommit_memory", "1"),
    ];

    /// <summary>All of them by id; parameters this kernel does not have are passed over.</summary>
    public static IReadOnlyList<KeyValuePair<string, KernelParamDefaultSpec>> All { get; } =
    [
        .. Enforced.Select(p => Param(p.Name, p.Value, enforced: true)),
        .. Needed.Select(p => Param(p.Name, p.Value, enforced: false)),
    ];

    private static KeyValuePair<string, KernelParamDefaultSpec> Param(string name, string value, bool enforced) =>
        new(Sysctls + name, new KernelParamDefaultSpec { Value = value, IgnoreErrors = true, Enforced = enforced });
}
