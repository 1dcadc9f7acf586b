using System.Security.Cryptography;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Talos.Api.Containerd;
using Talos.Api.Containerd.ContentV1;
using Talos.Api.Containerd.DiffV1;
using Talos.Api.Containerd.ImagesV1;
using Talos.Api.Containerd.NamespacesV1;
using Talos.Api.Containerd.SnapshotsV1;
using Talos.Containers.Images;

namespace Talos.Containers.Ports;

/// <summary>The image store of containerd, in the namespace Kubernetes uses.</summary>
internal sealed class ContainerdImageStore(ContainerdClient containerd, TimeProvider time) : IImageStore
{
    private static readonly TimeSpan LeaseTime = TimeSpan.FromHours(1);

    /// <inheritdoc/>
    public async Task<IImageLease> LeaseAsync(CancellationToken ct)
    {
        try
        {
            await containerd.Namespaces.CreateAsync(
                new CreateNamespaceRequest { Namespace = new Namespace { Name = ContainerdClient.KubernetesNamespace } },
                ContainerdClient.In(ContainerdClient.KubernetesNamespace),
                cancellationToken: ct);
        }
        catch (RpcException e) when (e.StatusCode is StatusCode.AlreadyExists)
        {
            // The namespace outlives a boot: all but the first import find it.
        }

        string id = "preload-" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8));
        Api.Containerd.LeasesV1.CreateRequest request = new() { Id = id };
        request.Labels["containerd.io/gc.expire"] = (time.GetUtcNow() + LeaseTime).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", null);
        await containerd.Leases.CreateAsync(request, ContainerdClient.In(ContainerdClient.KubernetesNamespace), cancellationToken: ct);
        return new Lease(containerd, id);
    }

    private sealed class Lease(ContainerdClient containerd, string id) : IImageLease
    {
        private const int ChunkSize = 1 << 20;

        private static Metadata Headers => ContainerdClient.In(ContainerdClient.KubernetesNamespace);

        public async Task<bool> HasBlobAsync(OciDescriptor blob, CancellationToken ct)
        {
            try
            {
                InfoResponse info = await containerd.Content.InfoAsync(new InfoRequest { Digest = blob.Digest }, Headers, cancellationToken: ct);
                return info.Info.Size == blob.Size;
            }
            catch (RpcException e) when (e.StatusCode is StatusCode.NotFound)
            {
                return false;
            }
        }

        public async Task WriteBlobAsync(OciBlob blob, BlobReader read, CancellationToken ct)
        {
            string reference = "preload-" + blob.Descriptor.Digest;
            await AbortAsync(reference, ct);
            try
            {
                await SendAsync(blob, reference, read, ct);
            }
            catch (RpcException e) when (e.StatusCode is StatusCode.AlreadyExists)
            {
                // Someone else stored the same content meanwhile.
            }
            catch (RpcException e) when (e.StatusCode is StatusCode.FailedPrecondition)
            {
                await AbortAsync(reference, ct);
                throw new ContainersException($"blob {blob.Descriptor.Digest} of the archive is damaged", e);
            }
        }

        public async Task<bool> UnpackAsync(IReadOnlyList<OciLayer> layers, CancellationToken ct)
        {
            bool unpacked = false;
            string parent = "";
            foreach (OciLayer layer in layers)
            {
                if (!await HasSnapshotAsync(layer.ChainId, ct))
                {
                    await UnpackAsync(layer, parent, ct);
                    unpacked = true;
                }

                parent = layer.ChainId;
            }

            return unpacked;
        }

        public async Task<bool> PutImageAsync(
            string name, OciDescriptor target, IReadOnlyDictionary<string, string> labels, CancellationToken ct)
        {
            Image? present = await FindAsync(name, ct);
            if (present?.Target.Digest == target.Digest && labels.All(label => present.Labels.TryGetValue(label.Key, out string? value) && value == label.Value))
            {
                return false;
            }

            Image image = new()
            {
                Name = name,
                Target = new BlobDescriptor { MediaType = target.MediaType, Digest = target.Digest, Size = target.Size },
            };
            foreach (KeyValuePair<string, string> label in labels)
            {
                image.Labels[label.Key] = label.Value;
            }

            if (present is null)
            {
                await containerd.Images.CreateAsync(new CreateImageRequest { Image = image }, Headers, cancellationToken: ct);
            }
            else
            {
                UpdateImageRequest update = new() { Image = image, UpdateMask = new FieldMask { Paths = { "target", "labels" } } };
                await containerd.Images.UpdateAsync(update, Headers, cancellationToken: ct);
            }

            return true;
        }

        public async ValueTask DisposeAsync()
        {
            try
            {
                await containerd.Leases.DeleteAsync(new Api.Containerd.LeasesV1.DeleteRequest { Id = id }, Headers);
            }
            catch (RpcException)
            {
                // It expires by itself; an import that worked must not fail for it.
            }
        }

        private async Task<bool> HasSnapshotAsync(string name, CancellationToken ct)
        {
            try
            {
                StatSnapshotResponse found = await containerd.Snapshots.StatAsync(
                    new StatSnapshotRequest { Snapshotter = ContainerPaths.Snapshotter, Key = name }, Headers, cancellationToken: ct);
                return found.Info.Kind is Kind.Committed;
            }
            catch (RpcException e) when (e.StatusCode is StatusCode.NotFound)
            {
                return false;
            }
        }

        private async Task UnpackAsync(OciLayer layer, string parent, CancellationToken ct)
        {
            Metadata leased = ContainerdClient.In(ContainerdClient.KubernetesNamespace, id);
            string key = $"extract-{id} {layer.ChainId}";
            PrepareSnapshotResponse prepared = await containerd.Snapshots.PrepareAsync(
                new PrepareSnapshotRequest { Snapshotter = ContainerPaths.Snapshotter, Key = key, Parent = parent }, leased, cancellationToken: ct);
            try
            {
                ApplyRequest apply = new()
                {
                    Diff = new BlobDescriptor { MediaType = layer.Blob.MediaType, Digest = layer.Blob.Digest, Size = layer.Blob.Size },
                    Mounts = { prepared.Mounts },
                    SyncFs = true,
                };
                await containerd.Diff.ApplyAsync(apply, leased, cancellationToken: ct);
                await containerd.Snapshots.CommitAsync(
                    new CommitSnapshotRequest { Snapshotter = ContainerPaths.Snapshotter, Name = layer.ChainId, Key = key }, leased, cancellationToken: ct);
            }
            catch (RpcException e) when (e.StatusCode is StatusCode.AlreadyExists)
            {
                // A container that was started meanwhile unpacked the same layer.
                await RemoveSnapshotAsync(key);
            }
            catch
            {
                await RemoveSnapshotAsync(key);
                throw;
            }
        }

        private async Task RemoveSnapshotAsync(string key)
        {
            try
            {
                await containerd.Snapshots.RemoveAsync(new RemoveSnapshotRequest { Snapshotter = ContainerPaths.Snapshotter, Key = key }, Headers);
            }
            catch (RpcException)
            {
                // The lease takes it away when it ends.
            }
        }

        private async Task SendAsync(OciBlob blob, string reference, BlobReader read, CancellationToken ct)
        {
            using AsyncDuplexStreamingCall<WriteContentRequest, WriteContentResponse> call =
                containerd.Content.Write(ContainerdClient.In(ContainerdClient.KubernetesNamespace, id), cancellationToken: ct);
            long position = 0;
            while (true)
            {
                byte[] chunk = new byte[(int)Math.Min(ChunkSize, blob.Descriptor.Size - position)];
                int length = chunk.Length == 0 ? 0 : read(position, chunk);
                bool last = length == 0 || position + length == blob.Descriptor.Size;
                WriteContentRequest request = new()
                {
                    Action = last ? WriteAction.Commit : WriteAction.Write,
                    Ref = reference,
                    Total = blob.Descriptor.Size,
                    Expected = blob.Descriptor.Digest,
                    Offset = position,
                    Data = UnsafeByteOperations.UnsafeWrap(chunk.AsMemory(0, length)),
                };
                if (last)
                {
                    foreach (KeyValuePair<string, string> label in blob.Labels)
                    {
                        request.Labels[label.Key] = label.Value;
                    }
                }

                await call.RequestStream.WriteAsync(request, ct);
                if (!await call.ResponseStream.MoveNext(ct))
                {
                    throw new ContainersException($"write {blob.Descriptor.Digest} to containerd: ended at byte {position}");
                }

                position += length;
                if (last)
                {
                    await call.RequestStream.CompleteAsync();
                    return;
                }
            }
        }

        private async Task AbortAsync(string reference, CancellationToken ct)
        {
            try
            {
                await containerd.Content.AbortAsync(new AbortRequest { Ref = reference }, Headers, cancellationToken: ct);
            }
            catch (RpcException e) when (e.StatusCode is StatusCode.NotFound)
            {
                // Nothing was left behind, which is the rule.
            }
        }

        private async Task<Image?> FindAsync(string name, CancellationToken ct)
        {
            try
            {
                GetImageResponse found = await containerd.Images.GetAsync(new GetImageRequest { Name = name }, Headers, cancellationToken: ct);
                return found.Image;
            }
            catch (RpcException e) when (e.StatusCode is StatusCode.NotFound)
            {
                return null;
            }
        }
    }
}
