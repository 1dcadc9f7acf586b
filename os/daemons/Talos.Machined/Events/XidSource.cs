using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Talos.Machined.Events;

/// <summary>Makes ids that sort by time: 12 bytes (seconds, machine, process, counter) as 20 characters of base32hex.</summary>
/// <remarks>Source: the xid format, github.com/rs/xid.</remarks>
internal sealed class XidSource(TimeProvider time)
{
    private const string Alphabet = "0123456789abcdefghijklmnopqrstuv";
    private const int Length = 12;
    private const int BitsPerCharacter = 5;

    private readonly byte[] _origin = RandomNumberGenerator.GetBytes(5);
    private int _counter = RandomNumberGenerator.GetInt32(1 << 24);

    /// <summary>The next id.</summary>
    public string Next()
    {
        Span<byte> id = stackalloc byte[Length];
        BinaryPrimitives.WriteUInt32BigEndian(id, (uint)time.GetUtcNow().ToUnixTimeSeconds());
        _origin.CopyTo(id[4..]);
        int counter = Interlocked.Increment(ref _counter);
        id[9] = (byte)(counter >> 16);
        id[10] = (byte)(counter >> 8);
        id[11] = (byte)counter;
        return Encode(id);
    }

    internal static string Encode(ReadOnlySpan<byte> id)
    {
        Span<char> text = stackalloc char[((Length * 8) + BitsPerCharacter - 1) / BitsPerCharacter];
        int buffered = 0, bits = 0, at = 0;
        foreach (byte b in id)
        {
            buffered = (buffered << 8) | b;
            bits += 8;
            while (bits >= BitsPerCharacter)
            {
                bits -= BitsPerCharacter;
                text[at++] = Alphabet[(buffered >> bits) & 31];
            }

            buffered &= (1 << bits) - 1;
        }

        text[at] = Alphabet[(buffered << (BitsPerCharacter - bits)) & 31];
        return new string(text);
    }
}
