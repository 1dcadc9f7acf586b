using System.Buffers.Binary;

namespace Talos.Ota.Delta.Coding;

/// <summary>Codes new content: bytes that resemble bytes of the base, and bytes that do not.</summary>
/// <param name="coder">Writes or reads.</param>
/// <param name="tableBits">Binary logarithm of the predictions each of the two large models keeps, at 4 bytes each.</param>
internal sealed class ContentModel(BitCoder coder, int tableBits)
{
    /// <summary>Bytes of the base that are looked at before and behind the place in question.</summary>
    public const int Margin = 8;

    private const int LongGap = 255;
    private const uint Spread = 0x9E37_79B1;

    private readonly ByteModel _literals = new(contexts: 7, tableBits, selectors: 1, countLimit: 255);
    private readonly ByteModel _gaps = new(contexts: 5, tableBits - 2, selectors: 1, countLimit: 255);
    private readonly ByteModel _differences = new(contexts: 8, tableBits, selectors: 3, countLimit: 255);
    private readonly NumberModel _longGaps = new(contexts: 1);

    // The latest bytes of each kind, the last one lowest.
    private ulong _content;
    private ulong _gapHistory;
    private ulong _differenceHistory;

    /// <summary>Codes bytes that have no counterpart.</summary>
    public void CodeLiterals(Span<byte> content)
    {
        Span<uint> contexts = stackalloc uint[7];
        for (int i = 0; i < content.Length; i++)
        {
            ulong h = _content;
            contexts[0] = 0;
            contexts[1] = Hash(h & 0xFF);
            contexts[2] = Hash(h & 0xFFFF);
            contexts[3] = Hash(h & 0xFF_FFFF);
            contexts[4] = Hash(h & 0xFFFF_FFFF);
            contexts[5] = Hash(h & 0xFFFF_FFFF_FFFF);
            contexts[6] = Hash(h & 0x00FF_0000_FF00_0000);
            int symbol = _literals.Code(coder, content[i], contexts, 0);
            content[i] = (byte)symbol;
            _content = (_content << 8) | (uint)symbol;
        }
    }

    /// <summary>Codes how many bytes equal the base before the next that does not.</summary>
    /// <param name="gap">When writing: the number, at most <paramref name="left"/>.</param>
    /// <param name="left">Bytes left of the match; as many mean that no other byte differs.</param>
    public long CodeGap(long gap, long left)
    {
        ulong h = _gapHistory;
        ulong d = _differenceHistory;
        Span<uint> contexts =
        [
            Hash(h & 0xFF),
            Hash(h & 0xFFFF),
            Hash(h & 0xFFFF_FFFF),
            Hash((h & 0xFF) | ((d & 0xFFFF) << 8)),
            Hash((h & 0xFFFF_FFFF) | ((d & 0xFFFF_FFFF) << 32)),
        ];
        int symbol = _gaps.Code(coder, (int)Math.Min(gap, LongGap), contexts, 0);
        gap = symbol < LongGap ? symbol : LongGap + _longGaps.Code(coder, gap - LongGap, 0);
        if (gap > left)
        {
            throw new DeltaException($"delta: {gap} equal bytes in a match that has {left} left; it is damaged");
        }

        _gapHistory = (h << 8) | (uint)symbol;
        return gap;
    }

    /// <summary>Codes a byte that differs from its counterpart.</summary>
    /// <param name="value">When writing: the byte.</param>
    /// <param name="around">The base: <see cref="Margin"/> bytes, the counterpart, <see cref="Margin"/> bytes.</param>
    public byte CodeDifference(byte value, ReadOnlySpan<byte> around)
    {
        byte counterpart = around[Margin];
        ulong gap = Math.Min(_gapHistory & 0xFF, 15);
        ulong d = _differenceHistory;
        ulong n = _content;
        ulong ahead = BinaryPrimitives.ReadUInt64LittleEndian(around[Margin..]);
        ulong before = BinaryPrimitives.ReadUInt64LittleEndian(around);
        Span<uint> contexts =
        [
            Hash((d & 0xFF) | (gap << 8)),
            Hash((d & 0xFFFF) | (gap << 16)),
            Hash((d & 0xFF_FFFF) | (_gapHistory << 32)),
            Hash(counterpart | ((d & 0xFF) << 8) | (gap << 16)),
            Hash((ahead & 0xFFFF_FFFF) ^ ((n & 0xFF) << 40)),
            Hash(((ahead & 0xFFFF) << 16) | (before >> 48) | (gap << 32)),
            Hash((n & 0xFFFF) | ((ulong)counterpart << 16) | (gap << 24)),
            Hash((d & 0xFFFF_FFFF) | ((_gapHistory & 0xFFFF_FFFF) << 32)),
        ];
        int symbol = _differences.Code(coder, (byte)(value - counterpart), contexts, gap == 0 ? 0 : gap < 8 ? 1 : 2);
        _differenceHistory = (d << 8) | (uint)symbol;
        byte result = (byte)(counterpart + symbol);
        _content = (_content << 8) | result;
        return result;
    }

    /// <summary>Passes over bytes that equal the base.</summary>
    public void Pass(ReadOnlySpan<byte> equal)
    {
        if (equal.Length >= 8)
        {
            _content = BinaryPrimitives.ReadUInt64BigEndian(equal[^8..]);
            return;
        }

        foreach (byte b in equal)
        {
            _content = (_content << 8) | b;
        }
    }

    private static uint Hash(ulong value)
    {
        value = unchecked(value * 0x9E37_79B9_7F4A_7C15);
        return (uint)(value >> 32) ^ ((uint)value * Spread);
    }
}
