namespace Talos.Containers.Images;

/// <summary>Where images live on the node.</summary>
internal interface IImageStore
{
    /// <summary>Opens a lease: what is written under it is not collected before the lease ends.</summary>
    Task<IImageLease> LeaseAsync(CancellationToken ct);
}

/// <summary>Reads into the buffer from a position; 0 at the end.</summary>
internal delegate int BlobReader(long position, Memory<byte> buffer);

/// <summary>Access to the store while an import runs.</summary>
internal interface IImageLease : IAsyncDisposable
{
    /// <summary>True when the store holds the blob whole.</summary>
    Task<bool> HasBlobAsync(OciDescriptor blob, CancellationToken ct);

    /// <summary>Stores a blob; the store checks size and digest before it shows it.</summary>
    /// <exception cref="ContainersException">The content does not match the digest.</exception>
    Task WriteBlobAsync(OciBlob blob, BlobReader read, CancellationToken ct);

    /// <summary>Unpacks the layers of a root, lowest first, so that their files are on the disk when an image names them.</summary>
    /// <remarks>Unpacked only when a container needs it, a root lies in the page cache: a power cut then leaves empty files under a name that promises whole ones.</remarks>
    /// <returns>False when all of them were there already.</returns>
    Task<bool> UnpackAsync(IReadOnlyList<OciLayer> layers, CancellationToken ct);

    /// <summary>Creates the image or points it to another target.</summary>
    /// <returns>False when it was so already.</returns>
    Task<bool> PutImageAsync(string name, OciDescriptor target, IReadOnlyDictionary<string, string> labels, CancellationToken ct);
}
