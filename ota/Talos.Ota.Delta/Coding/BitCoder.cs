namespace Talos.Ota.Delta.Coding;

/// <summary>Codes bits by their probability. Writer and reader share every line of the models, so they cannot drift apart.</summary>
internal abstract class BitCoder
{
    /// <summary>Bits of a probability.</summary>
    public const int ProbabilityBits = 16;

    /// <summary>Codes one bit.</summary>
    /// <param name="bit">When writing: the bit. When reading: not used.</param>
    /// <param name="probability">That the bit is 1: 1 to 65535, of 65536.</param>
    /// <returns>The bit.</returns>
    public abstract int Code(int bit, int probability);
}
