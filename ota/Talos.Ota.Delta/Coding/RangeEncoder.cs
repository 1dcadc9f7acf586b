namespace Talos.Ota.Delta.Coding;

/// <summary>Writes bits as an arithmetic code without carries.</summary>
/// <param name="output">Gets the code.</param>
internal sealed class RangeEncoder(Stream output) : BitCoder
{
    private uint _low;
    private uint _high = uint.MaxValue;

    /// <inheritdoc/>
    public override int Code(int bit, int probability)
    {
        uint middle = _low + (uint)(((ulong)(_high - _low) * (uint)probability) >> ProbabilityBits);
        if (bit != 0)
        {
            _high = middle;
        }
        else
        {
            _low = middle + 1;
        }

        while (((_low ^ _high) >> 24) == 0)
        {
            output.WriteByte((byte)(_high >> 24));
            _low <<= 8;
            _high = (_high << 8) | 0xFF;
        }

        return bit;
    }

    /// <summary>Writes what is left, so that a reader never reads past the end.</summary>
    public void Finish()
    {
        Span<byte> last = stackalloc byte[4];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(last, _low);
        output.Write(last);
    }
}
