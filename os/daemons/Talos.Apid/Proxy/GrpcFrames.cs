using System.Buffers.Binary;
using Talos.Rpc.Hosting;

namespace Talos.Apid.Proxy;

/// <summary>Messages in a body: one byte says whether compressed, four give the length, then the message.</summary>
internal static class GrpcFrames
{
    private const int PrefixLength = 5;

    /// <summary>Reads the next message.</summary>
    /// <returns>Null at the end of the body.</returns>
    /// <exception cref="InvalidDataException">The body is cut off, compressed, or the message is too long.</exception>
    public static async Task<byte[]?> ReadAsync(Stream body, CancellationToken ct)
    {
        byte[] prefix = new byte[PrefixLength];
        int read = await body.ReadAtLeastAsync(prefix, PrefixLength, throwOnEndOfStream: false, ct);
        if (read == 0)
        {
            return null;
        }

        if (read < PrefixLength)
        {
            throw new InvalidDataException($"the body ends after {read} of {PrefixLength} bytes of a message prefix");
        }

        if (prefix[0] != 0)
        {
            throw new InvalidDataException("a compressed message, although none was asked for");
        }

        uint length = BinaryPrimitives.ReadUInt32BigEndian(prefix.AsSpan(1));
        if (length > GrpcLimits.MaxMessageSize)
        {
            throw new InvalidDataException($"a message of {length} bytes is longer than {GrpcLimits.MaxMessageSize}");
        }

        byte[] message = new byte[length];
        await body.ReadExactlyAsync(message, ct);
        return message;
    }

    /// <summary>A message with its prefix.</summary>
    public static byte[] Frame(ReadOnlySpan<byte> message)
    {
        byte[] frame = new byte[PrefixLength + message.Length];
        BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(1), (uint)message.Length);
        message.CopyTo(frame.AsSpan(PrefixLength));
        return frame;
    }
}
