namespace Talos.Ota.Delta;

/// <summary>What a delta may ask of a node: they bound its memory whatever the bytes say.</summary>
internal static class DeltaLimits
{
    /// <summary>Largest image, of either side.</summary>
    public const long ImageLength = 1L << 38;

    /// <summary>Content of a compressed block; the largest of squashfs.</summary>
    public const int BlockContent = 1 << 20;

    /// <summary>Compressed blocks of the base: 8 GiB of content in blocks of 128 KiB.</summary>
    public const int BaseBlocks = 1 << 16;

    /// <summary>Data under a hash tree that is computed on the node: its hashes take 1/128 of this, the tree as much again.</summary>
    public const long VerityData = 512 << 20;

    /// <summary>Bytes of a salt; dm-verity's own limit.</summary>
    public const int Salt = 255;

    /// <summary>Unpacked blocks of the base that are kept, in bytes.</summary>
    public const int BaseCache = 4 << 20;

    /// <summary>Binary logarithm of the predictions a large model keeps: 16 KiB.</summary>
    public const int LeastTableBits = 12;

    /// <summary>Binary logarithm of the predictions a large model keeps: 8 MiB.</summary>
    public const int MostTableBits = 21;

    /// <summary>Highest level of zstd. Its window is never larger than a block, so the level hardly changes the memory.</summary>
    public const int Level = 22;
}
