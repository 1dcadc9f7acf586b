namespace Talos.Config;

/// <summary>What the configs of a new cluster are made from.</summary>
public sealed record GenerateOptions
{
    /// <summary>Name of the cluster.</summary>
    public required string ClusterName { get; init; }

    /// <summary>Address of the Kubernetes API.</summary>
    public required Uri Endpoint { get; init; }

    /// <summary>The secrets.</summary>
    public required SecretsBundle Secrets { get; init; }

    /// <summary>Kubernetes version without <c>v</c>; empty leaves images to the nodes.</summary>
    public string KubernetesVersion { get; init; } = "";

    /// <summary>Further names and addresses of the machine API.</summary>
    public IReadOnlyList<string> AdditionalSans { get; init; } = [];

    /// <summary>DNS domain of the cluster.</summary>
    public string DnsDomain { get; init; } = "cluster.local";

    /// <summary>Disk to install on; empty for none.</summary>
    public string InstallDisk { get; init; } = "";

    /// <summary>Image to install; empty for none.</summary>
    public string InstallImage { get; init; } = "";

    /// <summary>Registry mirrors: endpoint by registry host.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> RegistryMirrors { get; init; } = [];

    /// <summary>True: nodes find each other through a discovery service.</summary>
    public bool Discovery { get; init; }

    /// <summary>True: nodes talk through an encrypted mesh.</summary>
    public bool KubeSpan { get; init; }
}
