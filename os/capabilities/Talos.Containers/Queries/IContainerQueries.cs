namespace Talos.Containers;

/// <summary>What runs on the node, for the API.</summary>
public interface IContainerQueries
{
    /// <summary>Pods and containers.</summary>
    /// <param name="containerdNamespace">Such as <c>k8s.io</c>; another than that has none with <see cref="ContainerSource.Cri"/>.</param>
    /// <param name="source">Whom to ask.</param>
    /// <param name="ct">Ends the wait.</param>
    Task<IReadOnlyList<ContainerEntry>> ListAsync(string containerdNamespace, ContainerSource source, CancellationToken ct);

    /// <summary>Memory and processor time of what <see cref="ListAsync"/> names and runs.</summary>
    Task<IReadOnlyList<ContainerUsage>> UsageAsync(string containerdNamespace, ContainerSource source, CancellationToken ct);

    /// <summary>Images by name.</summary>
    Task<IReadOnlyList<ImageEntry>> ImagesAsync(string containerdNamespace, CancellationToken ct);

    /// <summary>Fetches an image from its registry; what is there already is checked again.</summary>
    /// <returns>The image's digest or id.</returns>
    Task<string> PullImageAsync(string image, CancellationToken ct);

    /// <summary>Removes an image; no error when absent.</summary>
    Task RemoveImageAsync(string image, CancellationToken ct);

    /// <summary>What a container wrote: lines of time, stream, tag and text, whole lines at a time.</summary>
    /// <param name="containerdNamespace">As for <see cref="ListAsync"/>.</param>
    /// <param name="source">Whom to ask.</param>
    /// <param name="id">As in <see cref="ContainerEntry.Id"/>; the number at its end may be missing, then the newest counts.</param>
    /// <param name="follow">Whether to wait for more until cancelled.</param>
    /// <param name="tailLines">Number of lines to begin with; negative for all.</param>
    /// <param name="ct">Ends the wait.</param>
    /// <exception cref="KeyNotFoundException">There is no such container.</exception>
    IAsyncEnumerable<ReadOnlyMemory<byte>> LogsAsync(
        string containerdNamespace, ContainerSource source, string id, bool follow, int tailLines, CancellationToken ct);
}

/// <summary>Whom to ask about containers.</summary>
public enum ContainerSource
{
    /// <summary>containerd itself: all its containers.</summary>
    Containerd,

    /// <summary>The container runtime interface: pods, and containers in pods.</summary>
    Cri,
}

/// <summary>A pod or a container.</summary>
public sealed record ContainerEntry
{
    /// <summary>Namespace of containerd.</summary>
    public required string Namespace { get; init; }

    /// <summary><c>NAMESPACE/POD</c> of a pod, <c>NAMESPACE/POD:NAME:NUMBER</c> of a container in one.</summary>
    public required string Id { get; init; }

    /// <summary>Uid of the pod; empty outside Kubernetes.</summary>
    public string Uid { get; init; } = "";

    /// <summary>The runtime's own id: 64 hexadecimal digits.</summary>
    public required string InternalId { get; init; }

    /// <summary>Name or digest of the image.</summary>
    public string Image { get; init; } = "";

    /// <summary>First process; 0 when none runs.</summary>
    public int ProcessId { get; init; }

    /// <summary>Such as <c>SANDBOX_READY</c>, <c>CONTAINER_RUNNING</c>, <c>RUNNING</c>.</summary>
    public required string Status { get; init; }

    /// <summary><c>NAMESPACE/POD</c>; empty outside Kubernetes.</summary>
    public string PodId { get; init; } = "";

    /// <summary>Name within the pod; the pod's own for a pod.</summary>
    public required string Name { get; init; }

    /// <summary>Name of the network namespace; empty when it is the node's.</summary>
    public string NetworkNamespace { get; init; } = "";

    /// <summary>Whether it is the sandbox of a pod.</summary>
    public bool IsPod => PodId.Length > 0 && PodId == Id;
}

/// <summary>What a container uses.</summary>
/// <param name="Entry">The container.</param>
/// <param name="MemoryBytes">Memory that cannot be given back at once: current less inactive file pages.</param>
/// <param name="CpuTime">Processor time since its start.</param>
public sealed record ContainerUsage(ContainerEntry Entry, ulong MemoryBytes, TimeSpan CpuTime);

/// <summary>An image in the store.</summary>
/// <param name="Name">Full name, or the name with its digest.</param>
/// <param name="Digest">Digest of manifest or index.</param>
/// <param name="SizeBytes">Of all blobs, compressed as stored.</param>
/// <param name="Created">When it came into the store.</param>
public sealed record ImageEntry(string Name, string Digest, long SizeBytes, DateTimeOffset Created);
