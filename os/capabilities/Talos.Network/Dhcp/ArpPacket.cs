using System.Buffers.Binary;
using System.Net;

namespace Talos.Network.Dhcp;

/// <summary>ARP over Ethernet, as far as it takes to find out whether an address is free.</summary>
/// <remarks>Source: RFC 826 and RFC 5227.</remarks>
internal static class ArpPacket
{
    private const int Size = 28;
    private const ushort Request = 1;

    /// <summary>Asks who has an address, without claiming one.</summary>
    public static byte[] Probe(ReadOnlySpan<byte> hardwareAddress, IPAddress address)
    {
        byte[] packet = new byte[Size];
        BinaryPrimitives.WriteUInt16BigEndian(packet, 1);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), 0x0800);
        packet[4] = 6;
        packet[5] = 4;
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(6), Request);
        hardwareAddress[..6].CopyTo(packet.AsSpan(8));
        address.TryWriteBytes(packet.AsSpan(24), out _);
        return packet;
    }

    /// <summary>Tells everybody who has an address, so that they forget who had it before.</summary>
    public static byte[] Announcement(ReadOnlySpan<byte> hardwareAddress, IPAddress address)
    {
        byte[] packet = Probe(hardwareAddress, address);
        address.TryWriteBytes(packet.AsSpan(14), out _);
        return packet;
    }

    /// <summary>Whether a packet shows that another machine has the address, or probes for it at the same time.</summary>
    public static bool IsConflict(ReadOnlySpan<byte> packet, ReadOnlySpan<byte> hardwareAddress, IPAddress address)
    {
        if (packet.Length < Size || BinaryPrimitives.ReadUInt16BigEndian(packet[2..]) != 0x0800 || packet[4] != 6 || packet[5] != 4
            || packet[8..14].SequenceEqual(hardwareAddress))
        {
            return false;
        }

        Span<byte> wanted = stackalloc byte[4];
        address.TryWriteBytes(wanted, out _);
        bool sends = packet[14..18].SequenceEqual(wanted);
        bool probes = BinaryPrimitives.ReadUInt16BigEndian(packet[6..]) == Request
            && packet[14..18].IndexOfAnyExcept((byte)0) < 0 && packet[24..28].SequenceEqual(wanted);
        return sends || probes;
    }
}
