using System.Runtime.CompilerServices;
using System.Text.Json;
using Talos.Api.Containerd.TasksV1;
using Talos.Api.Cri.V1;
using Talos.Containers.Logs;
using Talos.Containers.Ports;

namespace Talos.Containers.Queries;

/// <summary>Asks containerd and its CRI.</summary>
/// <param name="containerd">The connection.</param>
/// <param name="cgroups">Where usage is read.</param>
/// <param name="logs">Reads log files.</param>
/// <param name="root">Root of the file system the runtime sees; empty when it is our own.</param>
internal sealed class ContainerQueries(ContainerdClient containerd, ICgroupUsage cgroups, CriLogReader logs, string root = "") : IContainerQueries
{
    /// <inheritdoc/>
    public async Task<IReadOnlyList<ContainerEntry>> ListAsync(string containerdNamespace, ContainerSource source, CancellationToken ct)
    {
        if (source is ContainerSource.Containerd)
        {
            return await ListContainerdAsync(containerdNamespace, ct);
        }

        return containerdNamespace is "" or ContainerdClient.KubernetesNamespace ? await ListCriAsync(ct) : [];
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<ContainerUsage>> UsageAsync(string containerdNamespace, ContainerSource source, CancellationToken ct)
    {
        List<ContainerUsage> usage = [];
        foreach (ContainerEntry entry in await ListAsync(containerdNamespace, source, ct))
        {
            if (entry.ProcessId > 0 && cgroups.TryRead(entry.ProcessId, out CgroupUsage read))
            {
                usage.Add(new ContainerUsage(entry, read.MemoryBytes, read.CpuTime));
            }
        }

        return usage;
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<ImageEntry>> ImagesAsync(string containerdNamespace, CancellationToken ct)
    {
        Api.Containerd.ImagesV1.ListImagesResponse answer = await containerd.Images.ListAsync(
            new Api.Containerd.ImagesV1.ListImagesRequest(), ContainerdClient.In(containerdNamespace), cancellationToken: ct);
        Dictionary<string, long> sizes = [];
        if (containerdNamespace == ContainerdClient.KubernetesNamespace)
        {
            Api.Cri.V1.ListImagesResponse cri = await containerd.CriImages.ListImagesAsync(new Api.Cri.V1.ListImagesRequest(), cancellationToken: ct);
            foreach (Api.Cri.V1.Image image in cri.Images)
            {
                foreach (string name in image.RepoTags.Concat(image.RepoDigests).Append(image.Id))
                {
                    sizes[name] = (long)image.Size;
                }
            }
        }

        return
        [
            .. answer.Images
                .OrderBy(image => image.Name, StringComparer.Ordinal)
                .Select(image => new ImageEntry(
                    image.Name,
                    image.Target.Digest,
                    sizes.GetValueOrDefault(image.Name, image.Target.Size),
                    image.CreatedAt?.ToDateTimeOffset() ?? DateTimeOffset.UnixEpoch)),
        ];
    }

    /// <inheritdoc/>
    public async Task<string> PullImageAsync(string image, CancellationToken ct)
    {
        PullImageRequest request = new() { Image = new ImageSpec { Image = image } };
        PullImageResponse answer = await containerd.CriImages.PullImageAsync(request, cancellationToken: ct);
        return answer.ImageRef;
    }

    /// <inheritdoc/>
    public async Task RemoveImageAsync(string image, CancellationToken ct) =>
        await containerd.CriImages.RemoveImageAsync(new RemoveImageRequest { Image = new ImageSpec { Image = image } }, cancellationToken: ct);

    /// <inheritdoc/>
    public async IAsyncEnumerable<ReadOnlyMemory<byte>> LogsAsync(
        string containerdNamespace, ContainerSource source, string id, bool follow, int tailLines, [EnumeratorCancellation] CancellationToken ct)
    {
        ContainerEntry entry = ContainerNames.Find(await ListAsync(containerdNamespace, source, ct), id)
            ?? throw new KeyNotFoundException($"no container {id} in {containerdNamespace}");
        if (entry.IsPod)
        {
            throw new KeyNotFoundException($"{id} is a pod: name one of its containers, {entry.Id}:NAME");
        }

        ContainerStatusResponse status = await containerd.Runtime.ContainerStatusAsync(
            new ContainerStatusRequest { ContainerId = entry.InternalId }, cancellationToken: ct);
        string path = root + status.Status.LogPath;
        if (status.Status.LogPath.Length == 0 || !File.Exists(path))
        {
            throw new KeyNotFoundException($"container {entry.Id} has no log file");
        }

        await foreach (ReadOnlyMemory<byte> lines in logs.ReadAsync(path, tailLines, follow, ct))
        {
            yield return lines;
        }
    }

    private async Task<IReadOnlyList<ContainerEntry>> ListCriAsync(CancellationToken ct)
    {
        ListPodSandboxResponse pods = await containerd.Runtime.ListPodSandboxAsync(new ListPodSandboxRequest(), cancellationToken: ct);
        Api.Cri.V1.ListContainersResponse containers =
            await containerd.Runtime.ListContainersAsync(new Api.Cri.V1.ListContainersRequest(), cancellationToken: ct);
        Dictionary<string, Process> tasks = await TasksAsync(ContainerdClient.KubernetesNamespace, ct);
        Dictionary<string, Api.Containerd.ContainersV1.Container> known = await KnownAsync(ContainerdClient.KubernetesNamespace, ct);

        List<ContainerEntry> entries = [];
        foreach (PodSandbox pod in pods.Items.OrderBy(p => ContainerNames.Pod(p.Labels), StringComparer.Ordinal).ThenByDescending(p => p.CreatedAt))
        {
            string podId = $"{pod.Metadata.Namespace}/{pod.Metadata.Name}";
            Api.Containerd.ContainersV1.Container? sandbox = known.GetValueOrDefault(pod.Id);
            entries.Add(new ContainerEntry
            {
                Namespace = ContainerdClient.KubernetesNamespace,
                Id = podId,
                Uid = pod.Metadata.Uid,
                InternalId = pod.Id,
                Image = sandbox?.Image ?? "",
                ProcessId = ProcessId(tasks, pod.Id),
                Status = ContainerNames.Status(pod.State),
                PodId = podId,
                Name = pod.Metadata.Name,
                NetworkNamespace = sandbox is null ? "" : NetworkNamespace(sandbox),
            });
            entries.AddRange(containers.Containers
                .Where(c => c.PodSandboxId == pod.Id)
                .OrderByDescending(c => c.CreatedAt)
                .Select(c => new ContainerEntry
                {
                    Namespace = ContainerdClient.KubernetesNamespace,
                    Id = ContainerNames.Container(podId, c.Metadata.Name, c.Id),
                    Uid = pod.Metadata.Uid,
                    InternalId = c.Id,
                    Image = known.GetValueOrDefault(c.Id)?.Image is { Length: > 0 } image ? image : c.Image?.Image ?? "",
                    ProcessId = ProcessId(tasks, c.Id),
                    Status = ContainerNames.Status(c.State),
                    PodId = podId,
                    Name = c.Metadata.Name,
                }));
        }

        return entries;
    }

    private async Task<IReadOnlyList<ContainerEntry>> ListContainerdAsync(string containerdNamespace, CancellationToken ct)
    {
        Dictionary<string, Process> tasks = await TasksAsync(containerdNamespace, ct);
        List<ContainerEntry> entries = [];
        foreach (Api.Containerd.ContainersV1.Container container in (await KnownAsync(containerdNamespace, ct)).Values
            .OrderByDescending(c => c.CreatedAt?.ToDateTimeOffset()))
        {
            string pod = ContainerNames.Pod(container.Labels);
            bool isSandbox = !container.Labels.TryGetValue(ContainerNames.ContainerName, out string? name);
            entries.Add(new ContainerEntry
            {
                Namespace = containerdNamespace,
                Id = pod.Length == 0 ? container.Id : isSandbox ? pod : ContainerNames.Container(pod, name!, container.Id),
                Uid = container.Labels.TryGetValue(ContainerNames.PodUid, out string? uid) ? uid : "",
                InternalId = container.Id,
                Image = container.Image,
                ProcessId = ProcessId(tasks, container.Id),
                Status = tasks.TryGetValue(container.Id, out Process? task) ? task.Status.ToString().ToUpperInvariant() : "STOPPED",
                PodId = pod,
                Name = pod.Length == 0 ? container.Id : isSandbox ? container.Labels[ContainerNames.PodName] : name!,
                NetworkNamespace = isSandbox ? NetworkNamespace(container) : "",
            });
        }

        return [.. entries.OrderBy(e => e.Id, StringComparer.Ordinal)];
    }

    private static int ProcessId(Dictionary<string, Process> tasks, string id) =>
        tasks.TryGetValue(id, out Process? task) && task.Status is Status.Running ? (int)task.Pid : 0;

    private async Task<Dictionary<string, Process>> TasksAsync(string containerdNamespace, CancellationToken ct)
    {
        ListTasksResponse answer = await containerd.Tasks.ListAsync(
            new ListTasksRequest(), ContainerdClient.In(containerdNamespace), cancellationToken: ct);
        return answer.Tasks.GroupBy(t => t.ContainerId.Length > 0 ? t.ContainerId : t.Id, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.First());
    }

    private async Task<Dictionary<string, Api.Containerd.ContainersV1.Container>> KnownAsync(string containerdNamespace, CancellationToken ct)
    {
        Api.Containerd.ContainersV1.ListContainersResponse answer = await containerd.Containers.ListAsync(
            new Api.Containerd.ContainersV1.ListContainersRequest(), ContainerdClient.In(containerdNamespace), cancellationToken: ct);
        return answer.Containers.ToDictionary(c => c.Id);
    }

    /// <summary>The OCI runtime specification lists namespaces; one without a path is the container's own, one absent is the node's.</summary>
    private static string NetworkNamespace(Api.Containerd.ContainersV1.Container container)
    {
        if (container.Spec is not { Value.Length: > 0 } spec)
        {
            return "";
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(spec.Value.Memory);
            foreach (JsonElement item in document.RootElement.GetProperty("linux").GetProperty("namespaces").EnumerateArray())
            {
                if (item.GetProperty("type").GetString() == "network" && item.TryGetProperty("path", out JsonElement path))
                {
                    return Path.GetFileName(path.GetString() ?? "");
                }
            }
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return "";
        }

        return "";
    }
}
