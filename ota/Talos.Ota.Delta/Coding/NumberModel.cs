using System.Numerics;

namespace Talos.Ota.Delta.Coding;

/// <summary>Codes numbers from 0 to 2^40: first how many bits they have, then the bits.</summary>
/// <param name="contexts">How many contexts the caller tells apart.</param>
internal sealed class NumberModel(int contexts)
{
    /// <summary>No number has more bits.</summary>
    public const int MaximumBits = 40;

    private const int Rate = 5;
    private const int PrefixBits = 3;

    private readonly ushort[] _lengths = Even(contexts * (MaximumBits + 1));
    private readonly ushort[] _bits = Even(contexts * (MaximumBits + 1) * (MaximumBits + (1 << PrefixBits)));

    /// <summary>Codes one number.</summary>
    /// <param name="coder">Writes or reads.</param>
    /// <param name="value">When writing: the number.</param>
    /// <param name="context">Which of the contexts.</param>
    /// <returns>The number.</returns>
    public long Code(BitCoder coder, long value, int context)
    {
        int length = 64 - BitOperations.LeadingZeroCount((ulong)value);
        int coded = 0;
        while (coded < MaximumBits && Code(coder, length > coded ? 1 : 0, ref _lengths[(context * (MaximumBits + 1)) + coded]) != 0)
        {
            coded++;
        }

        if (coded < 2)
        {
            return coded;
        }

        Span<ushort> bits = _bits.AsSpan(((context * (MaximumBits + 1)) + coded) * (MaximumBits + (1 << PrefixBits)), MaximumBits + (1 << PrefixBits));
        long result = 1;
        for (int bit = coded - 2; bit >= 0; bit--)
        {
            int done = coded - 1 - bit - 1;
            int index = done < PrefixBits ? (int)result : (1 << PrefixBits) + done;
            result = (result << 1) | (long)Code(coder, (int)(value >> bit) & 1, ref bits[index]);
        }

        return result;
    }

    /// <summary>Codes a number of either sign, less than 2^39 in size.</summary>
    public long CodeSigned(BitCoder coder, long value, int context)
    {
        long folded = Code(coder, (value << 1) ^ (value >> 63), context);
        return (folded >> 1) ^ -(folded & 1);
    }

    private static int Code(BitCoder coder, int bit, ref ushort probability)
    {
        bit = coder.Code(bit, Math.Clamp((int)probability, 64, 65536 - 64));
        probability = (ushort)(bit != 0 ? probability + ((65535 - probability) >> Rate) : probability - (probability >> Rate));
        return bit;
    }

    private static ushort[] Even(int count)
    {
        ushort[] probabilities = new ushort[count];
        Array.Fill(probabilities, (ushort)(1 << 15));
        return probabilities;
    }
}
