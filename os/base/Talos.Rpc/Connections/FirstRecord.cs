using System.Buffers;

namespace Talos.Rpc.Connections;

/// <summary>The record with which a TLS client begins. Source: RFC 8446, section 5.1.</summary>
internal static class FirstRecord
{
    private const int HeaderLength = 5;
    private const byte Handshake = 22;
    private const int LongestRecord = (1 << 14) + 256;

    /// <summary>Whether what came holds it; null when more has to come, false when it will never be one.</summary>
    public static bool? IsWhole(ReadOnlySequence<byte> received)
    {
        if (received.IsEmpty)
        {
            return null;
        }

        if (received.FirstSpan[0] != Handshake)
        {
            return false;
        }

        if (received.Length < HeaderLength)
        {
            return null;
        }

        Span<byte> header = stackalloc byte[HeaderLength];
        received.Slice(0, HeaderLength).CopyTo(header);
        int length = (header[3] << 8) | header[4];
        return length is 0 or > LongestRecord ? false : received.Length >= HeaderLength + length ? true : null;
    }
}
