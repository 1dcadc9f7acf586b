using System.Text.Json.Serialization.Metadata;
using Talos.Cosi;

namespace Talos.Resources.Kubernetes;

/// <summary>A pod of the machine config; the id is <c>NAMESPACE-NAME</c>.</summary>
public sealed record StaticPod : IResourceSpec<StaticPod>
{
    /// <inheritdoc/>
    public static ResourceDefinition Definition { get; } = new("StaticPods.kubernetes.talos.dev", "k8s") { Sensitive = true };

    /// <inheritdoc/>
    public static JsonTypeInfo<StaticPod> Json => KubernetesJson.Default.StaticPod;

    /// <summary>The Pod object.</summary>
    public required KubernetesObject Pod { get; init; }
}
