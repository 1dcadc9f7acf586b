namespace Talos.Ota.Delta.Coding;

/// <summary>Where the next bytes of the target come from.</summary>
internal enum OperationKind
{
    /// <summary>Bytes of the base image as they are stored there.</summary>
    Copy,

    /// <summary>Content as it is.</summary>
    Plain,

    /// <summary>Content packed as one block.</summary>
    Packed,

    /// <summary>The hash tree over the data so far.</summary>
    Tree,
}

/// <summary>One step of rebuilding the target.</summary>
/// <param name="Kind">What it does.</param>
/// <param name="Length">Bytes of the base, or of content; 0 for the tree.</param>
/// <param name="Offset">Copy: in the base image.</param>
internal readonly record struct Operation(OperationKind Kind, long Length, long Offset);

/// <summary>How the next content is made: bytes of its own, then bytes that resemble the base.</summary>
/// <param name="Literals">Bytes of its own.</param>
/// <param name="Matched">Bytes that resemble the base.</param>
/// <param name="Base">Position in the base's content they resemble.</param>
internal readonly record struct Command(long Literals, long Matched, long Base);
