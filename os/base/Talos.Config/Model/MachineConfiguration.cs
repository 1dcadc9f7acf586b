using Talos.Pki;

namespace Talos.Config;

/// <summary>A valid machine config: all its documents as one immutable model, whichever form the user chose.</summary>
/// <remarks>It is compared by <see cref="Yaml"/>; nothing behind the reader checks again.</remarks>
public sealed record MachineConfiguration
{
    /// <summary>The text as the user wrote it.</summary>
    public required string Yaml { get; init; }

    /// <summary>True when there is a v1alpha1 document with a machine type: such a node leaves maintenance mode.</summary>
    public bool IsComplete { get; init; }

    /// <summary>What is accepted but has no effect on this node, one sentence each.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>Kinds of the documents, in order; the v1alpha1 document is <c>v1alpha1</c>.</summary>
    public IReadOnlyList<string> Kinds { get; init; } = [];

    /// <summary>Control plane or worker.</summary>
    public MachineKind Kind { get; init; } = MachineKind.Worker;

    /// <summary>Token by which a node asks trustd for a certificate; empty when not set.</summary>
    public Secret Token { get; init; } = new("");

    /// <summary>Certificate authority of the machine API; a worker's has no key. Null when not set.</summary>
    public CertificateAndKey? Ca { get; init; }

    /// <summary>Further authorities whose client certificates are accepted, PEM each.</summary>
    public IReadOnlyList<string> AcceptedCas { get; init; } = [];

    /// <summary>Further names and addresses of the machine API's certificate.</summary>
    public IReadOnlyList<string> CertSans { get; init; } = [];

    /// <summary>Certificates the node trusts besides the built-in ones, PEM bundles by name.</summary>
    public IReadOnlyDictionary<string, string> TrustedRoots { get; init; } = new Dictionary<string, string>();

    /// <summary>The kubelet.</summary>
    public KubeletConfiguration Kubelet { get; init; } = new();

    /// <summary>Static pods, in order.</summary>
    public IReadOnlyList<StaticPodConfiguration> StaticPods { get; init; } = [];

    /// <summary>Host name, links, resolvers.</summary>
    public NetworkConfiguration Network { get; init; } = new();

    /// <summary>Time synchronisation.</summary>
    public TimeConfiguration Time { get; init; } = new();

    /// <summary>Where to install; null when not set.</summary>
    public InstallConfiguration? Install { get; init; }

    /// <summary>Files to write.</summary>
    public IReadOnlyList<FileConfiguration> Files { get; init; } = [];

    /// <summary>Environment of the node's services (proxies and the like).</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>Kernel parameters by name, such as <c>net.ipv4.ip_forward</c>.</summary>
    public IReadOnlyDictionary<string, string> Sysctls { get; init; } = new Dictionary<string, string>();

    /// <summary>Values of sysfs files by dotted path below /sys, such as <c>devices.system.cpu.cpu0.cpufreq.scaling_governor</c>.</summary>
    public IReadOnlyDictionary<string, string> Sysfs { get; init; } = new Dictionary<string, string>();

    /// <summary>Kernel modules to load.</summary>
    public IReadOnlyList<KernelModuleConfiguration> KernelModules { get; init; } = [];

    /// <summary>udev rules, one text each.</summary>
    public IReadOnlyList<string> UdevRules { get; init; } = [];

    /// <summary>The hardware watchdog; null when nothing is said about it: then the board's own is used.</summary>
    public WatchdogConfiguration? Watchdog { get; init; }

    /// <summary>Updates of the system.</summary>
    public UpdateConfiguration Update { get; init; } = new();

    /// <summary>The fleet this node belongs to; null for none: then no agent runs.</summary>
    public FleetConfiguration? Fleet { get; init; }

    /// <summary>Container registries.</summary>
    public RegistriesConfiguration Registries { get; init; } = new();

    /// <summary>Where the logs of services go besides the node itself.</summary>
    public IReadOnlyList<LogDestination> LogDestinations { get; init; } = [];

    /// <summary>Where kernel logs go besides the node itself.</summary>
    public IReadOnlyList<Uri> KernelLogDestinations { get; init; } = [];

    /// <summary>System and user volumes that the config names.</summary>
    public IReadOnlyList<VolumeConfiguration> Volumes { get; init; } = [];

    /// <summary>Labels of the Kubernetes node.</summary>
    public IReadOnlyDictionary<string, string> NodeLabels { get; init; } = new Dictionary<string, string>();

    /// <summary>Annotations of the Kubernetes node.</summary>
    public IReadOnlyDictionary<string, string> NodeAnnotations { get; init; } = new Dictionary<string, string>();

    /// <summary>Taints of the Kubernetes node: <c>key</c> to <c>value:effect</c> or <c>effect</c>.</summary>
    public IReadOnlyDictionary<string, string> NodeTaints { get; init; } = new Dictionary<string, string>();

    /// <summary>The cluster.</summary>
    public ClusterConfiguration Cluster { get; init; } = new();

    /// <inheritdoc/>
    public bool Equals(MachineConfiguration? other) =>
        other is not null && string.Equals(Yaml, other.Yaml, StringComparison.Ordinal);

    /// <inheritdoc/>
    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(Yaml);

    /// <summary>Names the documents; the text itself holds secrets and is not printed.</summary>
    public override string ToString() => $"machine config of {string.Join(", ", Kinds)}";
}
