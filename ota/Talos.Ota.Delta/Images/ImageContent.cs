namespace Talos.Ota.Delta.Images;

/// <summary>What is known of an image: its compressed blocks and its files.</summary>
/// <param name="Map">Compressed blocks and positions.</param>
/// <param name="Files">By place in the image; they may share bytes.</param>
/// <param name="FileSystemLength">Bytes before what follows the file system, such as a hash tree.</param>
/// <param name="Level">Level of zstd the blocks were packed with; 0 when there are none.</param>
internal sealed record ImageContent(ContentMap Map, IReadOnlyList<ContentFile> Files, long FileSystemLength, int Level);
