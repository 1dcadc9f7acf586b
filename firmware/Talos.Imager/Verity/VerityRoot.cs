namespace Talos.Imager.Verity;

/// <summary>A root file system with its hash tree appended; what the kernel must be told to verify it.</summary>
/// <param name="Path">The file: data, superblock, hash tree.</param>
/// <param name="RootHash">SHA-256, lowercase hex.</param>
/// <param name="Salt">Lowercase hex.</param>
/// <param name="DataBlocks">Blocks of 4096 bytes before the superblock.</param>
/// <param name="Length">Length of the file in bytes.</param>
internal sealed record VerityRoot(string Path, string RootHash, string Salt, long DataBlocks, long Length);
