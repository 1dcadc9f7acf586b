using System.Net;

namespace Talos.Kubernetes.Rules;

/// <summary>What differs between nodes in the kubelet's configuration.</summary>
internal sealed record KubeletSettings
{
    public required KubeletVersion Version { get; init; }

    public required string Nodename { get; init; }

    public string ManifestsDirectory { get; init; } = KubernetesPaths.Manifests;

    public string ClusterDomain { get; init; } = "cluster.local";

    public IReadOnlyList<IPAddress> ClusterDns { get; init; } = [];

    /// <summary>Whether the root holds iptables.</summary>
    public bool HasIpTables { get; init; }

    public bool DefaultSeccompProfile { get; init; }

    /// <summary>Arguments of the machine config: name without dashes, values.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> ExtraArgs { get; init; } = new Dictionary<string, IReadOnlyList<string>>();

    /// <summary>Fields of the machine config to lay over ours; null for none.</summary>
    public string? ExtraConfigJson { get; init; }

    public string RuntimeEndpoint { get; init; } = KubernetesPaths.RuntimeEndpoint;

    public string Configuration { get; init; } = KubernetesPaths.Configuration;

    public string Root { get; init; } = KubernetesPaths.KubeletRoot;

    public string Secrets { get; init; } = KubernetesPaths.Secrets;
}
