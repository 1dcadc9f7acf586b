using Talos.Pki;

namespace Talos.Config;

/// <summary>The cluster a node belongs to: <c>cluster</c> and the documents that replace its parts.</summary>
public sealed record ClusterConfiguration
{
    /// <summary>Identity of the cluster; empty when not set.</summary>
    public string Id { get; init; } = "";

    /// <summary>Shared secret of the cluster; empty when not set.</summary>
    public Secret Secret { get; init; } = new("");

    /// <summary>Name; empty when not set.</summary>
    public string Name { get; init; } = "";

    /// <summary>Address of the Kubernetes API, such as <c>https://10.5.0.2:6443</c>; null when not set.</summary>
    public Uri? Endpoint { get; init; }

    /// <summary>DNS domain of the cluster.</summary>
    public string DnsDomain { get; init; } = "cluster.local";

    /// <summary>Subnets of pods, CIDR each.</summary>
    public IReadOnlyList<System.Net.IPNetwork> PodSubnets { get; init; } = [];

    /// <summary>Subnets of services, CIDR each.</summary>
    public IReadOnlyList<System.Net.IPNetwork> ServiceSubnets { get; init; } = [];

    /// <summary>Token by which a kubelet joins; empty when not set.</summary>
    public Secret Token { get; init; } = new("");

    /// <summary>Authority of Kubernetes; a worker's has no key. Null when not set.</summary>
    public CertificateAndKey? Ca { get; init; }

    /// <summary>True: ordinary pods may run on control-plane nodes.</summary>
    public bool AllowSchedulingOnControlPlanes { get; init; }
}
