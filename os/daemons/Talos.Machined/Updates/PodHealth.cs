using System.Text.Json;
using Talos.Resources.Kubernetes;

namespace Talos.Machined.Updates;

/// <summary>Which static pods of the machine config are not ready.</summary>
internal static class PodHealth
{
    /// <summary>One sentence for each pod that is not ready.</summary>
    /// <param name="wanted">Pods of the machine config.</param>
    /// <param name="statuses">Their PodStatus objects by <c>NAMESPACE/NAME-NODE</c>, as the kubelet tells them.</param>
    /// <param name="node">Name of the node; empty when it has none yet.</param>
    public static IReadOnlyList<string> Unready(
        IEnumerable<KubernetesObject> wanted, IReadOnlyDictionary<string, KubernetesObject> statuses, string node)
    {
        List<string> unready = [];
        foreach (KubernetesObject pod in wanted)
        {
            (string ns, string name) = Identify(pod);
            string id = $"{ns}/{name}-{node}";
            if (!statuses.TryGetValue(id, out KubernetesObject status))
            {
                unready.Add($"pod {ns}/{name} is not there");
            }
            else if (NotReady(status) is { } why)
            {
                unready.Add($"pod {ns}/{name} is not ready: {why}");
            }
        }

        return unready;
    }

    private static (string Namespace, string Name) Identify(KubernetesObject pod)
    {
        using JsonDocument document = JsonDocument.Parse(pod.Json);
        JsonElement metadata = document.RootElement.TryGetProperty("metadata", out JsonElement found) ? found : default;
        return (Text(metadata, "namespace") is { Length: > 0 } ns ? ns : "default", Text(metadata, "name"));
    }

    private static string? NotReady(KubernetesObject status)
    {
        using JsonDocument document = JsonDocument.Parse(status.Json);
        string phase = Text(document.RootElement, "phase");
        if (document.RootElement.TryGetProperty("conditions", out JsonElement conditions) && conditions.ValueKind is JsonValueKind.Array)
        {
            foreach (JsonElement condition in conditions.EnumerateArray().Where(c => Text(c, "type") == "Ready"))
            {
                return Text(condition, "status") == "True" || phase == "Succeeded" ? null : First(Text(condition, "message"), Text(condition, "reason"), phase);
            }
        }

        return phase == "Succeeded" ? null : First(phase, "no condition told yet");
    }

    private static string First(params ReadOnlySpan<string> texts)
    {
        foreach (string text in texts)
        {
            if (text.Length > 0)
            {
                return text;
            }
        }

        return "";
    }

    private static string Text(JsonElement parent, string name) =>
        parent.ValueKind is JsonValueKind.Object && parent.TryGetProperty(name, out JsonElement value) && value.ValueKind is JsonValueKind.String
            ? value.GetString()!
            : "";
}
