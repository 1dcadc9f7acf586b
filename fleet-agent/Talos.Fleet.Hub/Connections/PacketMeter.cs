namespace Talos.Fleet.Hub.Connections;

/// <summary>A client sent what no client of ours sends.</summary>
internal sealed class PacketException(string message) : IOException(message);

/// <summary>Follows the packets of an MQTT connection by their fixed headers and refuses one that is too large before it is read.</summary>
/// <param name="first">Bytes of the first packet, which has to be CONNECT.</param>
/// <param name="most">Bytes of the others.</param>
/// <remarks>Source: MQTT 5.0, 2.1.1 and 1.5.5. The length that a header announces is what a reader sets memory aside for.</remarks>
internal sealed class PacketMeter(int first, int most)
{
    private const byte Connect = 0x10;
    private const int LongestLength = 4;
    private bool _inLength;
    private int _length;
    private int _digits;
    private long _rest;

    /// <summary>Packets that came whole.</summary>
    public long Packets { get; private set; }

    /// <summary>Takes what was read.</summary>
    /// <exception cref="PacketException">A packet is too large, its length is malformed, or the first one is not CONNECT.</exception>
    public void Take(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            if (_rest > 0)
            {
                int part = (int)Math.Min(_rest, bytes.Length);
                _rest -= part;
                bytes = bytes[part..];
                Packets += _rest == 0 ? 1 : 0;
                continue;
            }

            byte b = bytes[0];
            bytes = bytes[1..];
            if (_inLength)
            {
                Length(b);
            }
            else
            {
                Type(b);
            }
        }
    }

    private void Type(byte b)
    {
        if (Packets == 0 && b != Connect)
        {
            throw new PacketException($"the first packet is no CONNECT: its first byte is 0x{b:x2}");
        }

        (_inLength, _length, _digits) = (true, 0, 0);
    }

    private void Length(byte b)
    {
        if (++_digits == LongestLength && (b & 0x80) != 0)
        {
            throw new PacketException("the length of a packet has more than 4 bytes");
        }

        _length |= (b & 0x7f) << (7 * (_digits - 1));
        int limit = Packets == 0 ? first : most;
        if (_length > limit)
        {
            throw new PacketException($"a packet of {_length} bytes or more was announced; the limit is {limit}");
        }

        if ((b & 0x80) == 0)
        {
            (_inLength, _rest) = (false, _length);
            Packets += _length == 0 ? 1 : 0;
        }
    }
}
