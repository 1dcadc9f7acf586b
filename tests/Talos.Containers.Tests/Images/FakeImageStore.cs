using Talos.Containers.Images;

namespace Talos.Containers.Tests.Images;

/// <summary>Stores in memory and checks digests as containerd does.</summary>
internal sealed class FakeImageStore : IImageStore, IImageLease
{
    public Dictionary<string, byte[]> Blobs { get; } = [];

    public Dictionary<string, string> Images { get; } = [];

    public HashSet<string> Unpacked { get; } = [];

    public int Writes { get; private set; }

    public int OpenLeases { get; private set; }

    public Task<IImageLease> LeaseAsync(CancellationToken ct)
    {
        OpenLeases++;
        return Task.FromResult<IImageLease>(this);
    }

    public Task<bool> HasBlobAsync(OciDescriptor blob, CancellationToken ct) =>
        Task.FromResult(Blobs.TryGetValue(blob.Digest, out byte[]? content) && content.Length == blob.Size);

    public Task WriteBlobAsync(OciBlob blob, BlobReader read, CancellationToken ct)
    {
        Writes++;
        MemoryStream content = new();
        byte[] buffer = new byte[7];
        while (read(content.Length, buffer) is var length and > 0)
        {
            content.Write(buffer, 0, length);
        }

        if (TestArchive.DigestOf(content.ToArray()) != blob.Descriptor.Digest)
        {
            throw new ContainersException($"blob {blob.Descriptor.Digest} of the archive is damaged");
        }

        Blobs[blob.Descriptor.Digest] = content.ToArray();
        return Task.CompletedTask;
    }

    public Task<bool> UnpackAsync(IReadOnlyList<OciLayer> layers, CancellationToken ct)
    {
        Assert.All(layers, l => Assert.Contains(l.Blob.Digest, Blobs.Keys));
        int before = Unpacked.Count;
        Unpacked.UnionWith(layers.Select(l => l.ChainId));
        return Task.FromResult(Unpacked.Count > before);
    }

    public Task<bool> PutImageAsync(string name, OciDescriptor target, IReadOnlyDictionary<string, string> labels, CancellationToken ct)
    {
        bool changed = !Images.TryGetValue(name, out string? present) || present != target.Digest;
        Images[name] = target.Digest;
        return Task.FromResult(changed);
    }

    public ValueTask DisposeAsync()
    {
        OpenLeases--;
        return ValueTask.CompletedTask;
    }
}
