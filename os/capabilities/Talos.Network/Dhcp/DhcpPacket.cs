using System.Buffers.Binary;
using System.Net;

namespace Talos.Network.Dhcp;

/// <summary>Wraps DHCP messages into UDP and IPv4, for a link without an address.</summary>
/// <remarks>Source: RFC 791 and RFC 768.</remarks>
internal static class DhcpPacket
{
    /// <summary>Port of servers.</summary>
    public const ushort ServerPort = 67;

    /// <summary>Port of clients.</summary>
    public const ushort ClientPort = 68;

    private const int IpSize = 20;
    private const int UdpSize = 8;
    private const byte Udp = 17;

    /// <summary>Wraps a message from the client port to the server port.</summary>
    public static byte[] Wrap(IPAddress source, IPAddress destination, ReadOnlySpan<byte> message)
    {
        byte[] packet = new byte[IpSize + UdpSize + message.Length];
        Span<byte> ip = packet.AsSpan(0, IpSize);
        ip[0] = 0x45;
        ip[1] = 0x10;
        BinaryPrimitives.WriteUInt16BigEndian(ip[2..], (ushort)packet.Length);
        ip[8] = 64;
        ip[9] = Udp;
        source.TryWriteBytes(ip[12..], out _);
        destination.TryWriteBytes(ip[16..], out _);
        BinaryPrimitives.WriteUInt16BigEndian(ip[10..], Checksum(ip, 0));

        Span<byte> udp = packet.AsSpan(IpSize);
        BinaryPrimitives.WriteUInt16BigEndian(udp, ClientPort);
        BinaryPrimitives.WriteUInt16BigEndian(udp[2..], ServerPort);
        BinaryPrimitives.WriteUInt16BigEndian(udp[4..], (ushort)udp.Length);
        message.CopyTo(udp[UdpSize..]);
        ushort checksum = Checksum(udp, Sum(ip[12..], 0) + Udp + (uint)udp.Length);
        BinaryPrimitives.WriteUInt16BigEndian(udp[6..], checksum == 0 ? (ushort)0xffff : checksum);
        return packet;
    }

    /// <summary>The message inside a packet to the client port; empty for any other packet.</summary>
    /// <remarks>
    /// The UDP checksum is not looked at: on virtual links it is often not filled in, and the transaction id guards
    /// the message.
    /// </remarks>
    public static ReadOnlySpan<byte> Unwrap(ReadOnlySpan<byte> packet)
    {
        if (packet.Length < IpSize + UdpSize || packet[0] >> 4 != 4 || packet[9] != Udp)
        {
            return default;
        }

        int header = (packet[0] & 0xf) * 4;
        int total = BinaryPrimitives.ReadUInt16BigEndian(packet[2..]);
        bool fragment = (BinaryPrimitives.ReadUInt16BigEndian(packet[6..]) & 0x3fff) != 0;
        if (header < IpSize || total > packet.Length || total < header + UdpSize || fragment || Checksum(packet[..header], 0) != 0)
        {
            return default;
        }

        ReadOnlySpan<byte> udp = packet[header..total];
        int length = BinaryPrimitives.ReadUInt16BigEndian(udp[4..]);
        return BinaryPrimitives.ReadUInt16BigEndian(udp[2..]) == ClientPort && length >= UdpSize && length <= udp.Length
            ? udp[UdpSize..length]
            : default;
    }

    private static ushort Checksum(ReadOnlySpan<byte> data, uint start)
    {
        uint sum = Sum(data, start);
        while (sum >> 16 != 0)
        {
            sum = (sum & 0xffff) + (sum >> 16);
        }

        return (ushort)~sum;
    }

    private static uint Sum(ReadOnlySpan<byte> data, uint start)
    {
        uint sum = start;
        for (int i = 0; i < data.Length; i += 2)
        {
            sum += (uint)(data[i] << 8) | (i + 1 < data.Length ? data[i + 1] : 0u);
        }

        return sum;
    }
}
