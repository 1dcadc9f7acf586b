namespace Talos.Config;

/// <summary>How the kubelet runs: <c>machine.kubelet</c> or the document KubeletConfig.</summary>
public sealed record KubeletConfiguration
{
    /// <summary>Image that was asked for; empty when not set. The kubelet of the root file system runs in any case.</summary>
    public string Image { get; init; } = "";

    /// <summary>Command-line arguments without dashes; one with several values is given several times.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> ExtraArgs { get; init; } =
        new Dictionary<string, IReadOnlyList<string>>();

    /// <summary>Fields of KubeletConfiguration to lay over the node's own, as a JSON object; null when not set.</summary>
    public string? ExtraConfigJson { get; init; }

    /// <summary>Addresses of the cluster's DNS.</summary>
    public IReadOnlyList<System.Net.IPAddress> ClusterDns { get; init; } = [];

    /// <summary>Subnets the node address is chosen from, CIDR each; one that starts with ! excludes.</summary>
    public IReadOnlyList<string> NodeIpSubnets { get; init; } = [];

    /// <summary>True: the kubelet runs without registering the node.</summary>
    public bool SkipNodeRegistration { get; init; }

    /// <summary>True: RuntimeDefault is the seccomp profile of pods that name none.</summary>
    public bool DefaultRuntimeSeccompProfileEnabled { get; init; }

    /// <summary>False: the manifests directory /etc/kubernetes/manifests is not read.</summary>
    public bool ManifestsDirectoryEnabled { get; init; } = true;

    /// <summary>Mounts into the kubelet's file system.</summary>
    public IReadOnlyList<MountConfiguration> ExtraMounts { get; init; } = [];

    /// <summary>Credential provider settings as a JSON object; null when not set.</summary>
    public string? CredentialProviderJson { get; init; }
}
