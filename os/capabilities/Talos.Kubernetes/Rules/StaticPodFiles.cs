using System.Text.Json;
using System.Text.RegularExpressions;

namespace Talos.Kubernetes.Rules;

/// <summary>Names and contents of the manifests that come from the machine config.</summary>
internal static partial class StaticPodFiles
{
    /// <summary>Beginning of our files; all others in the folder are the user's.</summary>
    public const string Prefix = "talos-";

    /// <summary>Resource id of a pod.</summary>
    public static string Id(string ns, string name) => $"{ns}-{name}";

    /// <summary>
    /// Resource ids of pods: <c>namespace-name</c>, but for pods that would share one, such as kube/system-proxy and
    /// kube-system/proxy, <c>namespace_name</c>, which no other pod has.
    /// </summary>
    public static IReadOnlyList<string> Ids(IReadOnlyList<(string Namespace, string Name)> pods)
    {
        HashSet<string> shared = [.. pods.Distinct().GroupBy(p => Id(p.Namespace, p.Name)).Where(g => g.Count() > 1).Select(g => g.Key)];
        return [.. pods.Select(p => Id(p.Namespace, p.Name) is var id && shared.Contains(id) ? $"{p.Namespace}_{p.Name}" : id)];
    }

    /// <summary>File of the pod with this id.</summary>
    public static string FileName(string id) => $"{Prefix}{id}.yaml";

    /// <summary>Why the kubelet would not run this pod; null when nothing is wrong.</summary>
    public static string? Problem(string ns, string name, string json)
    {
        if (!Label().IsMatch(ns) || !Name().IsMatch(name))
        {
            return $"{ns}/{name} is not a valid name: lower-case letters, digits, hyphens and dots, at most 63 and 253";
        }

        using JsonDocument document = JsonDocument.Parse(json);
        JsonElement pod = document.RootElement;
        if (pod.ValueKind is not JsonValueKind.Object || Text(pod, "kind") != "Pod" || Text(pod, "apiVersion") != "v1")
        {
            return $"{ns}/{name} is not a Pod of apiVersion v1";
        }

        if (!pod.TryGetProperty("spec", out JsonElement spec) || spec.ValueKind is not JsonValueKind.Object
            || !spec.TryGetProperty("containers", out JsonElement containers) || containers.ValueKind is not JsonValueKind.Array
            || containers.GetArrayLength() == 0)
        {
            return $"{ns}/{name} has no spec.containers";
        }

        foreach (JsonElement container in containers.EnumerateArray())
        {
            if (container.ValueKind is not JsonValueKind.Object || Text(container, "name") is null || Text(container, "image") is null)
            {
                return $"{ns}/{name} has a container without name or image";
            }
        }

        return null;
    }

    private static string? Text(JsonElement json, string name) =>
        json.TryGetProperty(name, out JsonElement value) && value.ValueKind is JsonValueKind.String && value.GetString() is { Length: > 0 } text
            ? text
            : null;

    [GeneratedRegex("^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$")]
    private static partial Regex Label();

    [GeneratedRegex(@"^(?=.{1,253}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$")]
    private static partial Regex Name();
}
