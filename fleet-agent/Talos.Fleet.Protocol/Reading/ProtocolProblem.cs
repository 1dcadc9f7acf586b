namespace Talos.Fleet.Protocol;

/// <summary>Why a message is ignored.</summary>
public enum ProblemKind
{
    /// <summary>Longer than its kind may be.</summary>
    Oversized,

    /// <summary>Not JSON of the schema.</summary>
    Malformed,

    /// <summary>A value is out of its range.</summary>
    OutOfRange,

    /// <summary>Its time is ahead of the clock.</summary>
    Future,

    /// <summary>Its signature or its signer is not good.</summary>
    Signature,

    /// <summary>It is for another node.</summary>
    WrongNode,

    /// <summary>It was seen before, or a newer one was.</summary>
    Replayed,

    /// <summary>Its time is over.</summary>
    Expired,
}

/// <summary>Why a message is ignored, for a counter and a log line.</summary>
/// <param name="Kind">What counters count.</param>
/// <param name="Text">What it is about, with value and limit.</param>
public sealed record ProtocolProblem(ProblemKind Kind, string Text);
