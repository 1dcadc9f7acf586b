using Talos.Ota.Delta.Blocks;
using Talos.Ota.Delta.Images.Squashfs;

namespace Talos.Ota.Delta.Images;

/// <summary>Looks into an image of a known kind.</summary>
internal static class ImageReader
{
    /// <summary>Finds blocks and files; an image of no known kind is one file.</summary>
    /// <param name="image">The image.</param>
    /// <param name="codec">Unpacks.</param>
    /// <param name="closed">Offsets of compressed blocks that are to be taken as they are stored.</param>
    public static ImageContent Read(IBaseImage image, BlockCodec codec, IReadOnlySet<long> closed) =>
        SquashfsReader.Read(image, codec, closed) ?? PeReader.Read(image) ?? new ImageContent(new ContentMap(image.Length, []), [], image.Length, 0);
}
