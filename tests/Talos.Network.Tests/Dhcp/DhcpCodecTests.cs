using System.Net;
using CsCheck;
using Talos.Network.Dhcp;

namespace Talos.Network.Tests.Dhcp;

public sealed class DhcpCodecTests
{
    private static readonly byte[] Mac = [0x52, 0x54, 0, 0x12, 0x34, 0x56];

    private static readonly Gen<DhcpMessage> Messages = Gen.Select(
        Gen.UInt,
        Gen.UShort,
        Gen.Byte.Array[4],
        Gen.Dictionary(Gen.Byte[1, 254].Select(code => (DhcpOption)code).Where(code => code is not DhcpOption.Overload), Gen.Byte.Array[0, 600])[0, 8],
        (transaction, seconds, address, options) => new DhcpMessage
        {
            TransactionId = transaction,
            Seconds = seconds,
            ClientAddress = new IPAddress(address),
            HardwareAddress = Mac,
            Options = options,
        });

    [Fact]
    public void What_is_written_is_read_back()
    {
        Messages.Sample(message =>
        {
            DhcpMessage? read = DhcpCodec.Decode(DhcpCodec.Encode(message));

            Assert.NotNull(read);
            Assert.Equal(message.TransactionId, read.TransactionId);
            Assert.Equal(message.Seconds, read.Seconds);
            Assert.Equal(message.ClientAddress, read.ClientAddress);
            Assert.Equal(Mac, read.HardwareAddress.ToArray());
            Assert.Equal(message.Options.OrderBy(o => o.Key).Select(o => (o.Key, Convert.ToHexString(o.Value))),
                read.Options.OrderBy(o => o.Key).Select(o => (o.Key, Convert.ToHexString(o.Value))));
        });
    }

    [Fact]
    public void Any_bytes_are_read_without_an_exception()
    {
        Gen.Byte.Array[0, 700].Sample(bytes =>
        {
            DhcpCodec.Decode(bytes);
            DhcpPacket.Unwrap(bytes);
            ArpPacket.IsConflict(bytes, Mac, IPAddress.Loopback);
            DhcpLeaseReader.DomainSearch(bytes);
            Assert.True(DhcpLeaseReader.ClasslessRoutes(bytes).Count() <= 32);
        });
    }

    [Fact]
    public void A_broken_message_is_read_without_an_exception_and_its_lease_too()
    {
        byte[] good = DhcpCodec.Encode(Wire.Reply(DhcpMessageType.Ack, 1, "10.0.0.9"));
        Gen.Select(Gen.Int[0, good.Length - 1], Gen.Byte, Gen.Int[0, good.Length]).Sample((at, value, length) =>
        {
            byte[] broken = [.. good];
            broken[at] = value;

            if (DhcpCodec.Decode(broken.AsSpan(0, length)) is { } message)
            {
                DhcpLeaseReader.Read(message);
            }
        });
    }

    [Fact]
    public void Options_in_the_file_and_server_name_fields_count_when_overload_says_so()
    {
        byte[] message = DhcpCodec.Encode(new DhcpMessage
        {
            TransactionId = 7,
            HardwareAddress = Mac,
            Options = new Dictionary<DhcpOption, byte[]> { [DhcpOption.Overload] = [3] },
        });
        new byte[] { (byte)DhcpOption.Router, 4, 10, 0, 0, 1, 255 }.CopyTo(message, 108);
        new byte[] { (byte)DhcpOption.DnsServer, 4, 10, 0, 0, 2, 255 }.CopyTo(message, 44);

        DhcpMessage read = DhcpCodec.Decode(message)!;

        Assert.Equal([10, 0, 0, 1], read.Options[DhcpOption.Router]);
        Assert.Equal([10, 0, 0, 2], read.Options[DhcpOption.DnsServer]);
    }

    [Fact]
    public void A_packet_is_unwrapped_only_when_it_goes_to_the_client_port()
    {
        byte[] message = DhcpCodec.Encode(Wire.Reply(DhcpMessageType.Ack, 1, "10.0.0.9"));
        byte[] packet = DhcpPacket.Wrap(IPAddress.Parse("10.0.0.1"), IPAddress.Broadcast, message);

        Assert.True(DhcpPacket.Unwrap(packet).IsEmpty);
        packet[23] = 68;
        Assert.Equal(message, DhcpPacket.Unwrap(packet).ToArray());
        packet[12] ^= 1;
        Assert.True(DhcpPacket.Unwrap(packet).IsEmpty);
    }

    [Fact]
    public void Classless_routes_are_read_as_in_the_examples_of_RFC_3442()
    {
        byte[] value = [24, 10, 1, 2, 192, 168, 0, 1, 0, 192, 168, 0, 254, 32, 8, 8, 8, 8, 0, 0, 0, 0];

        Assert.Equal(
            ["10.1.2.0/24 192.168.0.1", "0.0.0.0/0 192.168.0.254", "8.8.8.8/32 "],
            DhcpLeaseReader.ClasslessRoutes(value).Select(r => $"{r.Destination} {r.Gateway}"));
    }

    [Fact]
    public void Search_domains_are_read_with_their_pointers()
    {
        byte[] value = [3, (byte)'e', (byte)'n', (byte)'g', 5, (byte)'a', (byte)'p', (byte)'p', (byte)'l', (byte)'e', 3, (byte)'c', (byte)'o', (byte)'m', 0,
            9, (byte)'m', (byte)'a', (byte)'r', (byte)'k', (byte)'e', (byte)'t', (byte)'i', (byte)'n', (byte)'g', 0xc0, 4];

        Assert.Equal(["eng.apple.com", "marketing.apple.com"], DhcpLeaseReader.DomainSearch(value));
    }

    [Theory]
    [InlineData("255.255.255.0", 24)]
    [InlineData("255.255.255.255", 32)]
    [InlineData("255.0.255.0", null)]
    [InlineData("0.0.0.0", null)]
    public void A_mask_with_holes_makes_no_lease(string mask, int? length)
    {
        DhcpMessage ack = Wire.Reply(DhcpMessageType.Ack, 1, "10.0.0.9", (DhcpOption.SubnetMask, IPAddress.Parse(mask).GetAddressBytes()));

        Assert.Equal(length, DhcpLeaseReader.Read(ack)?.Address.Length);
    }
}
