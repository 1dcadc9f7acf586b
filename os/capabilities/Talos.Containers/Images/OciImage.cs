namespace Talos.Containers.Images;

/// <summary>An image of an archive and what must be stored for it, children before parents.</summary>
internal sealed record OciImage(string Name, OciDescriptor Target, IReadOnlyList<OciBlob> Blobs);

/// <summary>A blob with the labels that keep what it refers to from garbage collection.</summary>
internal sealed record OciBlob(OciDescriptor Descriptor, IReadOnlyDictionary<string, string> Labels)
{
    /// <summary>For blobs that refer to nothing.</summary>
    public static readonly IReadOnlyDictionary<string, string> NoLabels = new Dictionary<string, string>();
}
