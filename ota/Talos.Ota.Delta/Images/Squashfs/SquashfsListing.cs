namespace Talos.Ota.Delta.Images.Squashfs;

/// <summary>Where a directory's listing is.</summary>
/// <param name="Block">Offset of its metadata block in the directory table.</param>
/// <param name="Offset">In the unpacked block.</param>
/// <param name="Size">Bytes of the listing, and 3.</param>
internal sealed record SquashfsListing(long Block, int Offset, long Size);

/// <summary>Where a file's bytes are.</summary>
/// <param name="Start">Offset of its first block in the image.</param>
/// <param name="Size">Length in bytes.</param>
/// <param name="BlockSizes">Stored length of each block; bit 24: not compressed; 0: a hole.</param>
/// <param name="Fragment">Number of the fragment block with its tail; -1: none.</param>
/// <param name="FragmentOffset">Of the tail in the unpacked fragment block.</param>
internal sealed record SquashfsContent(long Start, long Size, uint[] BlockSizes, int Fragment, int FragmentOffset);
