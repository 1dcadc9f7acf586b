using System.Text.Json.Serialization.Metadata;
using Talos.Cosi;

namespace Talos.Resources.Kubernetes;

/// <summary>The kubelet of this root file system; the id is <c>kubelet</c>.</summary>
public sealed record KubeletStatus : IResourceSpec<KubeletStatus>
{
    /// <summary>The only id.</summary>
    public const string Id = "kubelet";

    /// <inheritdoc/>
    public static ResourceDefinition Definition { get; } = new("KubeletStatuses.kubernetes.talos.dev", "k8s")
    {
        PrintColumns =
        [
            new PrintColumn("Image", "{.image}"), new PrintColumn("Version", "{.version}"), new PrintColumn("Problem", "{.problem}"),
            new PrintColumn("Warning", "{.warnings[0]}"),
        ],
    };

    /// <inheritdoc/>
    public static JsonTypeInfo<KubeletStatus> Json => KubernetesJson.Default.KubeletStatus;

    /// <summary>Image it comes from; empty, for it is part of the root file system.</summary>
    public string Image { get; init; } = "";

    /// <summary>Its version; empty when there is none.</summary>
    public string Version { get; init; } = "";

    /// <summary>Why it does not run; empty when nothing keeps it from running.</summary>
    public string Problem { get; init; } = "";

    /// <summary>Settings of the machine config that this kubelet does not get, and why; one sentence each.</summary>
    public ValueList<string> Warnings { get; init; }
}
