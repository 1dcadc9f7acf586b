namespace Talos.Ota.Delta.Coding;

/// <summary>Codes bytes whose likelihood depends on several contexts: each predicts every bit, and a small net learns whom to trust.</summary>
/// <remarks>Source of the method: Mahoney, "Adaptive Weighing of Context Models for Lossless Data Compression", 2005.</remarks>
internal sealed class ByteModel
{
    private const int Nodes = 16;
    private const int CountBits = 10;
    private const int CountMask = (1 << CountBits) - 1;
    private const int LearningRate = 10;
    private const uint Undecided = 1u << 31;

    private static readonly int[] Reciprocals = [.. Enumerable.Range(0, CountMask + 1).Select(n => (int)(65536 / (n + 1.6)))];

    private readonly uint[] _table;
    private readonly uint _slots;
    private readonly int _countLimit;
    private readonly int[] _weights;
    private readonly int[] _inputs;
    private readonly int[] _bases;
    private readonly int _contexts;

    /// <param name="contexts">How many contexts each byte has.</param>
    /// <param name="tableBits">Binary logarithm of the predictions kept, at 4 bytes each.</param>
    /// <param name="selectors">How many sets of weights the caller chooses from.</param>
    /// <param name="countLimit">How slow a prediction gets: 1 to 1023.</param>
    public ByteModel(int contexts, int tableBits, int selectors, int countLimit)
    {
        _contexts = contexts;
        _table = new uint[1 << tableBits];
        _slots = (uint)(_table.Length / Nodes);
        _countLimit = countLimit;
        _weights = new int[selectors * 256 * contexts];
        Array.Fill(_weights, (1 << 16) * 3 / 10);
        _inputs = new int[contexts];
        _bases = new int[contexts];
    }

    /// <summary>Codes one byte.</summary>
    /// <param name="coder">Writes or reads.</param>
    /// <param name="symbol">When writing: the byte.</param>
    /// <param name="contexts">A hash of each context, spread over all bits.</param>
    /// <param name="selector">Set of weights.</param>
    /// <returns>The byte.</returns>
    public int Code(BitCoder coder, int symbol, ReadOnlySpan<uint> contexts, int selector)
    {
        Select(contexts, 0);
        int high = 1;
        for (int bit = 7; bit >= 4; bit--)
        {
            high = (high << 1) | CodeBit(coder, (symbol >> bit) & 1, high, (selector * 256) + high);
        }

        Select(contexts, high);
        int low = 1;
        for (int bit = 3; bit >= 0; bit--)
        {
            low = (low << 1) | CodeBit(coder, (symbol >> bit) & 1, low, (selector * 256) + ((high - 15) * 15) + low);
        }

        return ((high & 15) << 4) | (low & 15);
    }

    private void Select(ReadOnlySpan<uint> contexts, int high)
    {
        uint[] table = _table;
        for (int i = 0; i < _bases.Length; i++)
        {
            uint hash = unchecked((contexts[i] + ((uint)high * 0x9E37_79B1)) * 0x85EB_CA6B);
            hash ^= hash >> 15;
            hash = unchecked((hash + (uint)i) * 0xC2B2_AE35);
            int at = (int)(((ulong)hash * _slots) >> 32) * Nodes;
            uint check = (hash & 0xFFFF) | 1;
            if (table[at] != check)
            {
                int other = at ^ Nodes;
                // Two places for a context; the one seen less often gives way.
                if (table[other] == check)
                {
                    at = other;
                }
                else
                {
                    at = (table[other + 1] & CountMask) < (table[at + 1] & CountMask) ? other : at;
                    table.AsSpan(at, Nodes).Fill(Undecided);
                    table[at] = check;
                }
            }

            _bases[i] = at;
        }
    }

    private int CodeBit(BitCoder coder, int bit, int node, int set)
    {
        uint[] table = _table;
        Span<int> weights = _weights.AsSpan(set * _contexts, _contexts);
        int[] inputs = _inputs;
        int[] bases = _bases;
        long sum = 0;
        for (int i = 0; i < weights.Length; i++)
        {
            uint entry = table[bases[i] + node];
            inputs[i] = (entry & CountMask) == 0 ? 0 : Logistic.Stretch((int)(entry >> 20));
            sum += (long)weights[i] * inputs[i];
        }

        int probability = Math.Clamp(Logistic.Squash((int)(sum >> 16)), 32, 65536 - 32);
        bit = coder.Code(bit, probability);
        int error = ((bit << 16) - probability) * LearningRate >> 4;
        for (int i = 0; i < weights.Length; i++)
        {
            weights[i] += ((inputs[i] * error) + 0x8000) >> 16;
            ref uint entry = ref table[bases[i] + node];
            int count = (int)(entry & CountMask);
            int old = (int)(entry >> CountBits);
            int moved = old + (int)((((long)(bit << 22) - old) * Reciprocals[count]) >> 16);
            entry = ((uint)Math.Clamp(moved, 0, (1 << 22) - 1) << CountBits) | (uint)Math.Min(count + 1, _countLimit);
        }

        return bit;
    }
}
