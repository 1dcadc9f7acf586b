using System.Buffers.Binary;
using System.Net;

namespace Talos.Network.Dhcp;

/// <summary>Reads and writes DHCP messages.</summary>
/// <remarks>Source: RFC 2131, section 2; RFC 3396 for options in pieces.</remarks>
internal static class DhcpCodec
{
    private const int FixedSize = 236;
    private const int OptionsAt = 240;
    private const int SmallestMessage = 300;
    private const int SnameAt = 44;
    private const int FileAt = 108;
    private const uint MagicCookie = 0x63825363;

    /// <summary>Writes a message; short ones are padded to 300 bytes, which old relays want.</summary>
    public static byte[] Encode(DhcpMessage message)
    {
        byte[] buffer = new byte[OptionsAt + message.Options.Sum(o => o.Value.Length + (2 * ((o.Value.Length / 255) + 1))) + 1];
        buffer[0] = message.IsReply ? (byte)2 : (byte)1;
        buffer[1] = 1;
        buffer[2] = 6;
        BinaryPrimitives.WriteUInt32BigEndian(buffer.AsSpan(4), message.TransactionId);
        BinaryPrimitives.WriteUInt16BigEndian(buffer.AsSpan(8), message.Seconds);
        BinaryPrimitives.WriteUInt16BigEndian(buffer.AsSpan(10), message.Broadcast ? (ushort)0x8000 : (ushort)0);
        message.ClientAddress.TryWriteBytes(buffer.AsSpan(12), out _);
        message.YourAddress.TryWriteBytes(buffer.AsSpan(16), out _);
        message.RelayAddress.TryWriteBytes(buffer.AsSpan(24), out _);
        message.HardwareAddress.Span[..Math.Min(message.HardwareAddress.Length, 16)].CopyTo(buffer.AsSpan(28));
        BinaryPrimitives.WriteUInt32BigEndian(buffer.AsSpan(FixedSize), MagicCookie);

        int at = OptionsAt;
        foreach ((DhcpOption code, byte[] value) in message.Options.OrderBy(o => o.Key is DhcpOption.MessageType ? 0 : (int)o.Key))
        {
            int written = 0;
            do
            {
                int part = Math.Min(255, value.Length - written);
                buffer[at++] = (byte)code;
                buffer[at++] = (byte)part;
                value.AsSpan(written, part).CopyTo(buffer.AsSpan(at));
                at += part;
                written += part;
            }
            while (written < value.Length);
        }

        buffer[at++] = (byte)DhcpOption.End;
        byte[] result = new byte[Math.Max(at, SmallestMessage)];
        buffer.AsSpan(0, at).CopyTo(result);
        return result;
    }

    /// <summary>Reads a message.</summary>
    /// <remarks>
    /// An option that runs past the end of its area is left out and named in <see cref="DhcpMessage.CutOption"/>; the options
    /// before it count. A message without the magic cookie has no options.
    /// </remarks>
    /// <returns>Null for what is no BOOTP over Ethernet.</returns>
    public static DhcpMessage? Decode(ReadOnlySpan<byte> data)
    {
        if (data.Length < FixedSize || data[0] is not (1 or 2) || data[1] != 1 || data[2] != 6)
        {
            return null;
        }

        DhcpOptions options = new();
        if (data.Length >= OptionsAt && BinaryPrimitives.ReadUInt32BigEndian(data[FixedSize..]) == MagicCookie)
        {
            options.Read(data[OptionsAt..]);
            byte overload = options.Values.TryGetValue(DhcpOption.Overload, out byte[]? value) && value.Length == 1 ? value[0] : (byte)0;
            options.Read((overload & 1) != 0 ? data[FileAt..FixedSize] : default);
            options.Read((overload & 2) != 0 ? data[SnameAt..FileAt] : default);
        }

        return new DhcpMessage
        {
            IsReply = data[0] == 2,
            TransactionId = BinaryPrimitives.ReadUInt32BigEndian(data[4..]),
            Seconds = BinaryPrimitives.ReadUInt16BigEndian(data[8..]),
            Broadcast = (data[10] & 0x80) != 0,
            ClientAddress = new IPAddress(data[12..16]),
            YourAddress = new IPAddress(data[16..20]),
            RelayAddress = new IPAddress(data[24..28]),
            HardwareAddress = data[28..34].ToArray(),
            Options = options.Values,
            CutOption = options.Cut,
        };
    }
}
