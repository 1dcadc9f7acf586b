using System.Text.Json;

namespace Talos.Kubernetes.Rules;

/// <summary>Reads the kubelet's list of pods.</summary>
internal static class PodList
{
    /// <summary>Status of each pod that came from a file, by <c>NAMESPACE/NAME</c>.</summary>
    /// <exception cref="JsonException">It is not JSON.</exception>
    public static IReadOnlyDictionary<string, string> StaticStatuses(ReadOnlyMemory<byte> json)
    {
        SortedDictionary<string, string> statuses = new(StringComparer.Ordinal);
        using JsonDocument document = JsonDocument.Parse(json);
        if (!TryGet(document.RootElement, "items", JsonValueKind.Array, out JsonElement items))
        {
            return statuses;
        }

        foreach (JsonElement pod in items.EnumerateArray())
        {
            if (TryGet(pod, "metadata", JsonValueKind.Object, out JsonElement metadata)
                && TryGet(pod, "status", JsonValueKind.Object, out JsonElement status)
                && TryGet(metadata, "annotations", JsonValueKind.Object, out JsonElement annotations)
                && TryGet(annotations, "kubernetes.io/config.source", JsonValueKind.String, out JsonElement source)
                && source.ValueEquals("file")
                && TryGet(metadata, "name", JsonValueKind.String, out JsonElement name)
                && TryGet(metadata, "namespace", JsonValueKind.String, out JsonElement ns))
            {
                statuses[$"{ns.GetString()}/{name.GetString()}"] = status.GetRawText();
            }
        }

        return statuses;
    }

    private static bool TryGet(JsonElement parent, string name, JsonValueKind kind, out JsonElement value)
    {
        value = default;
        return parent.ValueKind is JsonValueKind.Object && parent.TryGetProperty(name, out value) && value.ValueKind == kind;
    }
}
