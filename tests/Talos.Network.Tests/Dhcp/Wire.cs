using System.Buffers.Binary;
using System.Net;
using Talos.Network.Dhcp;

namespace Talos.Network.Tests.Dhcp;

/// <summary>Messages as a server sends them.</summary>
internal static class Wire
{
    public static readonly byte[] Mac = [0x52, 0x54, 0, 0x12, 0x34, 0x56];

    public static DhcpMessage Reply(DhcpMessageType type, uint transaction, string address, params (DhcpOption Code, byte[] Value)[] more)
    {
        Dictionary<DhcpOption, byte[]> options = new()
        {
            [DhcpOption.MessageType] = [(byte)type],
            [DhcpOption.ServerIdentifier] = [10, 0, 0, 1],
            [DhcpOption.LeaseTime] = Seconds(1000),
            [DhcpOption.SubnetMask] = [255, 255, 255, 0],
        };
        foreach ((DhcpOption code, byte[] value) in more)
        {
            options[code] = value;
        }

        return new DhcpMessage
        {
            IsReply = true,
            TransactionId = transaction,
            YourAddress = IPAddress.Parse(address),
            HardwareAddress = Mac,
            Options = options,
        };
    }

    public static byte[] Seconds(uint value)
    {
        byte[] bytes = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        return bytes;
    }
}
