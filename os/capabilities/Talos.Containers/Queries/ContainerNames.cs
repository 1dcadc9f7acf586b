using Talos.Api.Cri.V1;

namespace Talos.Containers.Queries;

/// <summary>How pods and containers are called.</summary>
internal static class ContainerNames
{
    public const string PodNamespace = "io.kubernetes.pod.namespace";
    public const string PodName = "io.kubernetes.pod.name";
    public const string PodUid = "io.kubernetes.pod.uid";
    public const string ContainerName = "io.kubernetes.container.name";

    private const int ShortId = 12;

    /// <summary>Id of a pod; empty without the labels the kubelet sets.</summary>
    public static string Pod(IDictionary<string, string> labels) =>
        labels.TryGetValue(PodNamespace, out string? ns) && labels.TryGetValue(PodName, out string? name) ? $"{ns}/{name}" : "";

    /// <summary>Id of a container in a pod.</summary>
    public static string Container(string pod, string name, string internalId) =>
        $"{pod}:{name}:{(internalId.Length > ShortId ? internalId[..ShortId] : internalId)}";

    /// <summary>The interface's own word for a state.</summary>
    public static string Status(PodSandboxState state) => state is PodSandboxState.SandboxReady ? "SANDBOX_READY" : "SANDBOX_NOTREADY";

    /// <summary>The interface's own word for a state.</summary>
    public static string Status(ContainerState state) => state switch
    {
        ContainerState.ContainerCreated => "CONTAINER_CREATED",
        ContainerState.ContainerRunning => "CONTAINER_RUNNING",
        ContainerState.ContainerExited => "CONTAINER_EXITED",
        _ => "CONTAINER_UNKNOWN",
    };

    /// <summary>Finds what a user means: the id, the id without its number, or the runtime's own id or its beginning.</summary>
    /// <param name="entries">Newest first.</param>
    /// <param name="id">As typed.</param>
    public static ContainerEntry? Find(IEnumerable<ContainerEntry> entries, string id)
    {
        List<ContainerEntry> all = [.. entries];
        return all.Find(e => e.Id == id || e.InternalId == id)
            ?? all.Find(e => !e.IsPod && e.Id.StartsWith(id + ":", StringComparison.Ordinal) && e.Id.LastIndexOf(':') == id.Length)
            ?? (id.Length >= ShortId ? all.Find(e => e.InternalId.StartsWith(id, StringComparison.Ordinal)) : null);
    }
}
