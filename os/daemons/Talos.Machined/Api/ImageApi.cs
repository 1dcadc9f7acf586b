using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Talos.Api.Common;
using Talos.Api.Machine;
using Talos.Containers;
using Talos.Machined.Updates;
using Talos.Ota.Bundle;

namespace Talos.Machined.Api;

/// <summary>The image API: listing, pulling and removing.</summary>
/// <param name="containers">Images of containers.</param>
/// <param name="upgrader">Finds bundles.</param>
internal sealed class ImageApi(IContainerQueries containers, Upgrader upgrader) : ImageService.ImageServiceBase
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

    /// <summary>A bundle is fetched when it is installed; here its front is read, so that a wrong reference is found out now.</summary>
    public override async Task Pull(
        ImageServicePullRequest request, IServerStreamWriter<ImageServicePullResponse> responseStream, ServerCallContext context)
    {
        BundleManifest manifest = await upgrader.ReadManifestAsync(request.ImageRef, context.CancellationToken);
        await responseStream.WriteAsync(
            new ImageServicePullResponse
            {
                PullProgress = new ImageServicePullProgress
                {
                    LayerId = $"{manifest.Version}",
                    Progress = new ImageServicePullLayerProgress { Status = ImageServicePullLayerProgress.Types.Status.AlreadyExists },
                },
            },
            context.CancellationToken);
        await responseStream.WriteAsync(new ImageServicePullResponse { Name = request.ImageRef }, context.CancellationToken);
    }

    public override async Task<Google.Protobuf.WellKnownTypes.Empty> Remove(ImageServiceRemoveRequest request, ServerCallContext context)
    {
        ContainerNamespaces.RequireKubernetes(request.Containerd?.Namespace ?? ContainerdNamespace.NsCri);
        await containers.RemoveImageAsync(request.ImageRef, context.CancellationToken);
        return new Google.Protobuf.WellKnownTypes.Empty();
    }
}
