using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Talos.Cosi;

namespace Talos.Resources.Kubernetes;

/// <summary>The name of this node in Kubernetes; the id is <c>nodename</c>.</summary>
public sealed record Nodename : IResourceSpec<Nodename>
{
    /// <summary>The only id.</summary>
    public const string Id = "nodename";

    /// <inheritdoc/>
    public static ResourceDefinition Definition { get; } = new("Nodenames.kubernetes.talos.dev", "k8s")
    {
        PrintColumns = [new PrintColumn("Nodename", "{.nodename}")],
    };

    /// <inheritdoc/>
    public static JsonTypeInfo<Nodename> Json => KubernetesJson.Default.Nodename;

    /// <summary>A DNS name: lower-case letters, digits, hyphens and dots.</summary>
    [JsonPropertyName("nodename")]
    public required string Name { get; init; }

    /// <summary>Whether the kubelet runs without registering the node.</summary>
    public bool SkipNodeRegistration { get; init; }
}
