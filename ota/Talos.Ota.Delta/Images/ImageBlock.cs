namespace Talos.Ota.Delta.Images;

/// <summary>A compressed block of an image.</summary>
/// <param name="Offset">Of the first stored byte in the image.</param>
/// <param name="StoredLength">Bytes in the image.</param>
/// <param name="ContentLength">Bytes after unpacking.</param>
internal readonly record struct ImageBlock(long Offset, int StoredLength, int ContentLength);
