using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Talos.Cosi;

namespace Talos.Resources.Kubernetes;

/// <summary>A static pod as the kubelet sees it; the id is <c>NAMESPACE/NAME</c>. As JSON it is the PodStatus object itself.</summary>
/// <param name="Status">The PodStatus object.</param>
[JsonConverter(typeof(StaticPodStatusConverter))]
public sealed record StaticPodStatus(KubernetesObject Status) : IResourceSpec<StaticPodStatus>
{
    /// <inheritdoc/>
    public static ResourceDefinition Definition { get; } = new("StaticPodStatuses.kubernetes.talos.dev", "k8s")
    {
        Aliases = ["podstatus"],
        PrintColumns = [new PrintColumn("Phase", "{.phase}"), new PrintColumn("Address", "{.podIP}")],
    };

    /// <inheritdoc/>
    public static JsonTypeInfo<StaticPodStatus> Json => KubernetesJson.Default.StaticPodStatus;
}

/// <summary>Leaves out the wrapping.</summary>
internal sealed class StaticPodStatusConverter : JsonConverter<StaticPodStatus>
{
    public override StaticPodStatus Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        using JsonDocument document = JsonDocument.ParseValue(ref reader);
        return new StaticPodStatus(new KubernetesObject(document.RootElement.GetRawText()));
    }

    public override void Write(Utf8JsonWriter writer, StaticPodStatus value, JsonSerializerOptions options) =>
        writer.WriteRawValue(value.Status.Json);
}
