namespace Talos.Containers.Images;

/// <summary>Brings the images of an archive into the store. Doing it twice equals doing it once.</summary>
internal sealed class ImageImporter(IImageStore store, string architecture)
{
    private static readonly Dictionary<string, string> ImageLabels = new()
    {
        ["io.cri-containerd.image"] = "managed",
        ["io.cri-containerd.pinned"] = "pinned",
    };

    /// <summary>Imports the archive at <paramref name="path"/>; an image appears in the store only when all of it is there.</summary>
    /// <exception cref="ContainersException">The archive is damaged; none of its later images are imported.</exception>
    public async Task<IReadOnlyList<ImportedImage>> ImportAsync(string path, CancellationToken ct)
    {
        using OciArchive archive = OciArchive.Open(path);
        IReadOnlyList<OciImage> plan = archive.Plan(architecture);

        List<ImportedImage> imported = [];
        await using IImageLease lease = await store.LeaseAsync(ct);
        foreach (OciImage image in plan)
        {
            int written = 0;
            foreach (OciBlob blob in image.Blobs)
            {
                if (!await lease.HasBlobAsync(blob.Descriptor, ct))
                {
                    await lease.WriteBlobAsync(blob, (position, buffer) => archive.Read(blob.Descriptor, position, buffer.Span), ct);
                    written++;
                }
            }

            bool unpacked = await lease.UnpackAsync(image.Layers, ct);
            bool changed = await lease.PutImageAsync(image.Name, image.Target, ImageLabels, ct);
            imported.Add(new ImportedImage(image.Name, image.Target.Digest, image.Blobs.Sum(blob => blob.Descriptor.Size), changed || unpacked || written > 0));
        }

        return imported;
    }
}

/// <summary>An image that is now in the store; <paramref name="Changed"/> is false when all of it was there before.</summary>
internal sealed record ImportedImage(string Name, string Digest, long Size, bool Changed);
