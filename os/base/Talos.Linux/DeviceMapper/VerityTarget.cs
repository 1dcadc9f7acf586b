using System.Globalization;

namespace Talos.Linux;

/// <summary>A dm-verity device whose hash tree is on the same device, behind the data and one block of superblock.</summary>
/// <remarks>Source: Linux, Documentation/admin-guide/device-mapper/verity.rst. 4096-byte blocks, SHA-256, format 1.</remarks>
public sealed record VerityTarget
{
    /// <summary>Bytes a block of data and of hashes.</summary>
    public const int BlockSize = 4096;

    /// <summary>The device with data and hash tree.</summary>
    public required string Device { get; init; }

    /// <summary>Blocks of data; the tree starts at the block after the next.</summary>
    public required ulong DataBlocks { get; init; }

    /// <summary>Root hash, 64 hexadecimal digits.</summary>
    public required string RootHash { get; init; }

    /// <summary>Salt in hexadecimal digits; <c>-</c> for none.</summary>
    public required string Salt { get; init; }

    /// <summary>Length of the device in sectors of 512 bytes.</summary>
    internal ulong Sectors => DataBlocks * (BlockSize / 512);

    /// <summary>The table line.</summary>
    internal string Parameters => string.Create(
        CultureInfo.InvariantCulture,
        $"1 {Device} {Device} {BlockSize} {BlockSize} {DataBlocks} {DataBlocks + 1} sha256 {RootHash} {Salt}");
}
