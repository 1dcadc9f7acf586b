using System.Security.Cryptography;
using System.Text;

namespace Talos.Containers.Images;

/// <summary>An image of an archive, what must be stored for it, children before parents, and the layers of its root, lowest first.</summary>
internal sealed record OciImage(string Name, OciDescriptor Target, IReadOnlyList<OciBlob> Blobs, IReadOnlyList<OciLayer> Layers);

/// <summary>A blob with the labels that keep what it refers to from garbage collection.</summary>
internal sealed record OciBlob(OciDescriptor Descriptor, IReadOnlyDictionary<string, string> Labels)
{
    /// <summary>For blobs that refer to nothing.</summary>
    public static readonly IReadOnlyDictionary<string, string> NoLabels = new Dictionary<string, string>();
}

/// <summary>A layer of an image's root, and the name of the root up to and with it.</summary>
/// <remarks>Source: OCI image specification 1.0, config.md, layer ChainID.</remarks>
internal sealed record OciLayer(OciDescriptor Blob, string ChainId)
{
    /// <summary>Names the layers of a root by their uncompressed contents.</summary>
    public static IReadOnlyList<OciLayer> Chain(IReadOnlyList<OciDescriptor> blobs, IReadOnlyList<string> diffIds)
    {
        List<OciLayer> layers = [];
        foreach ((OciDescriptor blob, string diffId) in blobs.Zip(diffIds))
        {
            string chain = layers.Count == 0
                ? diffId
                : "sha256:" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{layers[^1].ChainId} {diffId}")));
            layers.Add(new OciLayer(blob, chain));
        }

        return layers;
    }
}
