using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Talos.Api.Common;
using Talos.Api.Machine;
using Talos.Containers;

namespace Talos.Machined.Api;

/// <summary>The image API: listing, pulling and removing.</summary>
internal sealed class ImageApi(IContainerQueries containers) : ImageService.ImageServiceBase
{
    public override async Task List(
        ImageServiceListRequest request, IServerStreamWriter<ImageServiceListResponse> responseStream, ServerCallContext context)
    {
        string ns = ContainerNamespaces.NameOf(request.Containerd?.Namespace ?? ContainerdNamespace.NsCri);
        foreach (ImageEntry image in await containers.ImagesAsync(ns, context.CancellationToken))
        {
            await responseStream.WriteAsync(
                new ImageServiceListResponse
                {
                    Name = image.Name,
                    Digest = image.Digest,
                    Size = image.SizeBytes,
                    CreatedAt = Timestamp.FromDateTimeOffset(image.Created),
                },
                context.CancellationToken);
        }
    }

    public override async Task<Google.Protobuf.WellKnownTypes.Empty> Remove(ImageServiceRemoveRequest request, ServerCallContext context)
    {
        ContainerNamespaces.RequireKubernetes(request.Containerd?.Namespace ?? ContainerdNamespace.NsCri);
        await containers.RemoveImageAsync(request.ImageRef, context.CancellationToken);
        return new Google.Protobuf.WellKnownTypes.Empty();
    }
}
