namespace Talos.Ota.Delta;

/// <summary>What a delta consists of.</summary>
/// <param name="Header">What it says of itself.</param>
/// <param name="Length">Bytes of the delta.</param>
/// <param name="CopiedBlocks">Compressed blocks taken from the base as they are.</param>
/// <param name="PackedBlocks">Compressed blocks packed again on the node.</param>
/// <param name="ClosedBlocks">Compressed blocks that packing does not reproduce: they are sent as they are.</param>
/// <param name="Differences">Bytes of content that differ from their counterpart.</param>
/// <param name="Literals">Bytes of content without a counterpart.</param>
public sealed record DeltaReport(DeltaHeader Header, long Length, int CopiedBlocks, int PackedBlocks, int ClosedBlocks, long Differences, long Literals);
