using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Talos.Api.Machine;
using Talos.Containers;

namespace Talos.Machined.Api;

internal sealed partial class MachineApi
{
    public override async Task<ContainersResponse> Containers(ContainersRequest request, ServerCallContext context)
    {
        Container containers = new();
        IReadOnlyList<ContainerEntry> entries =
            await api.Containers.ListAsync(request.Namespace, Source(request.Driver), context.CancellationToken);
        containers.Containers.AddRange(entries.Select(e => new ContainerInfo
        {
            Namespace = e.Namespace,
            Id = e.Id,
            Uid = e.Uid,
            InternalId = e.InternalId,
            Image = e.Image,
            Pid = (uint)e.ProcessId,
            Status = e.Status,
            PodId = e.PodId,
            Name = e.Name,
            NetworkNamespace = e.NetworkNamespace,
        }));
        return new ContainersResponse { Messages = { containers } };
    }

    public override async Task<StatsResponse> Stats(StatsRequest request, ServerCallContext context)
    {
        Stats stats = new();
        IReadOnlyList<ContainerUsage> usages =
            await api.Containers.UsageAsync(request.Namespace, Source(request.Driver), context.CancellationToken);
        stats.Stats_.AddRange(usages.Select(u => new Stat
        {
            Namespace = u.Entry.Namespace,
            Id = u.Entry.Id,
            PodId = u.Entry.PodId,
            Name = u.Entry.Name,
            MemoryUsage = u.MemoryBytes,
            CpuUsage = (ulong)u.CpuTime.TotalNanoseconds,
        }));
        return new StatsResponse { Messages = { stats } };
    }

    public override async Task ImageList(ImageListRequest request, IServerStreamWriter<ImageListResponse> responseStream, ServerCallContext context)
    {
        foreach (ImageEntry image in await api.Containers.ImagesAsync(ContainerNamespaces.NameOf(request.Namespace), context.CancellationToken))
        {
            await responseStream.WriteAsync(
                new ImageListResponse
                {
                    Name = image.Name,
                    Digest = image.Digest,
                    Size = image.SizeBytes,
                    CreatedAt = Timestamp.FromDateTimeOffset(image.Created),
                },
                context.CancellationToken);
        }
    }

    public override async Task<ImagePullResponse> ImagePull(ImagePullRequest request, ServerCallContext context)
    {
        ContainerNamespaces.RequireKubernetes(request.Namespace);
        await api.Containers.PullImageAsync(request.Reference, context.CancellationToken);
        return new ImagePullResponse { Messages = { new ImagePull() } };
    }
}
