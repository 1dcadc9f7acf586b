namespace Talos.Ota.Delta.Coding;

/// <summary>Reads what <see cref="RangeEncoder"/> wrote. Any bytes decode to something: what it means is checked by the caller.</summary>
internal sealed class RangeDecoder : BitCoder
{
    private readonly Stream _input;
    private readonly byte[] _buffer = new byte[1 << 14];
    private int _at;
    private int _end;
    private uint _low;
    private uint _high = uint.MaxValue;
    private uint _code;

    /// <param name="input">The code.</param>
    public RangeDecoder(Stream input)
    {
        _input = input;
        for (int i = 0; i < 4; i++)
        {
            _code = (_code << 8) | Next();
        }
    }

    /// <inheritdoc/>
    public override int Code(int bit, int probability)
    {
        uint middle = _low + (uint)(((ulong)(_high - _low) * (uint)probability) >> ProbabilityBits);
        if (_code <= middle)
        {
            _high = middle;
            bit = 1;
        }
        else
        {
            _low = middle + 1;
            bit = 0;
        }

        while (((_low ^ _high) >> 24) == 0)
        {
            _low <<= 8;
            _high = (_high << 8) | 0xFF;
            _code = (_code << 8) | Next();
        }

        return bit;
    }

    private byte Next()
    {
        if (_at == _end)
        {
            _end = _input.Read(_buffer);
            _at = 0;
            if (_end == 0)
            {
                throw new DeltaException("delta: it ends before the image is complete; fetch it again");
            }
        }

        return _buffer[_at++];
    }
}
