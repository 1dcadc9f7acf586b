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
    /// <returns>Null for what is not DHCP over Ethernet or whose options do not fit.</returns>
    public static DhcpMessage? Decode(ReadOnlySpan<byte> data)
    {
        if (data.Length < OptionsAt || data[0] is not (1 or 2) || data[1] != 1 || data[2] != 6
            || BinaryPrimitives.ReadUInt32BigEndian(data[FixedSize..]) != MagicCookie)
        {
            return null;
        }

        Dictionary<DhcpOption, byte[]> options = [];
        if (!ReadOptions(data[OptionsAt..], options))
        {
            return null;
        }

        byte overload = options.TryGetValue(DhcpOption.Overload, out byte[]? value) && value.Length == 1 ? value[0] : (byte)0;
        if (((overload & 1) != 0 && !ReadOptions(data[FileAt..FixedSize], options))
            || ((overload & 2) != 0 && !ReadOptions(data[SnameAt..FileAt], options)))
        {
            return null;
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
            Options = options,
        };
    }

    private static bool ReadOptions(ReadOnlySpan<byte> area, Dictionary<DhcpOption, byte[]> options)
    {
        while (!area.IsEmpty)
        {
            DhcpOption code = (DhcpOption)area[0];
            if (code is DhcpOption.End)
            {
                return true;
            }

            if (code is DhcpOption.Pad)
            {
                area = area[1..];
                continue;
            }

            if (area.Length < 2 || area.Length < 2 + area[1])
            {
                return false;
            }

            ReadOnlySpan<byte> value = area.Slice(2, area[1]);
            options[code] = options.TryGetValue(code, out byte[]? earlier) ? [.. earlier, .. value] : value.ToArray();
            area = area[(2 + value.Length)..];
        }

        return true;
    }
}
