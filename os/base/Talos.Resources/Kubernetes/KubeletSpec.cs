using System.Text.Json.Serialization.Metadata;
using Talos.Cosi;

namespace Talos.Resources.Kubernetes;

/// <summary>How the kubelet should run; the id is <c>kubelet</c>.</summary>
public sealed record KubeletSpec : IResourceSpec<KubeletSpec>
{
    /// <summary>The only id.</summary>
    public const string Id = "kubelet";

    /// <inheritdoc/>
    public static ResourceDefinition Definition { get; } = new("KubeletSpecs.kubernetes.talos.dev", "k8s") { Sensitive = true };

    /// <inheritdoc/>
    public static JsonTypeInfo<KubeletSpec> Json => KubernetesJson.Default.KubeletSpec;

    /// <summary>Version of the kubelet it is made for, such as <c>1.20.2</c>.</summary>
    public required string Version { get; init; }

    /// <summary>Command-line arguments.</summary>
    public required ValueList<string> Args { get; init; }

    /// <summary>Name under which the node runs pods.</summary>
    public required string ExpectedNodename { get; init; }

    /// <summary>Folder of the manifests it reads.</summary>
    public required string ManifestsDirectory { get; init; }

    /// <summary>The KubeletConfiguration object.</summary>
    public required KubernetesObject Config { get; init; }

    /// <summary>Environment as <c>NAME=value</c>.</summary>
    public ValueList<string> Environment { get; init; }
}
