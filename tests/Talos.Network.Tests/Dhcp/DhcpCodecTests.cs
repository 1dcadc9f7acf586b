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
        Gen.Dictionary(
            Gen.Byte[1, 254].Select(code => (DhcpOption)code).Where(code => !DhcpOptions.FixedLengths.ContainsKey(code)), Gen.Byte.Array[0, 600])[0, 8],
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

    public static TheoryData<byte> FixedOptions => [.. DhcpOptions.FixedLengths.Keys.Select(k => (byte)k)];

    [Theory]
    [MemberData(nameof(FixedOptions))]
    public void An_option_of_fixed_length_that_stands_more_than_once_counts_once_wherever_it_stands(byte option)
    {
        int length = DhcpOptions.FixedLengths[(DhcpOption)option];
        byte[] first = [.. Enumerable.Range(1, length).Select(i => (byte)i)];
        byte[] second = [.. Enumerable.Range(101, length).Select(i => (byte)i)];

        Assert.Equal(first, Options([option, (byte)length, .. first, option, (byte)length, .. second, 255]));
        Assert.Equal(first, Options([option, (byte)length, .. first, option, (byte)length, .. first, option, (byte)length, .. first, 255]));
        Assert.Equal(first, Options([option, (byte)(2 * length), .. first, .. second, 255]));
        Assert.Equal(first, Options([option, 1, first[0], option, (byte)(length - 1), .. first[1..], 255]));
        Assert.Equal(first, Options([option, 0, option, (byte)length, .. first, 255]));

        byte[] Options(byte[] area) => DhcpCodec.Decode(Raw(area))!.Options[(DhcpOption)option];
    }

    [Fact]
    public void What_stands_before_an_option_that_is_cut_off_counts_and_the_option_is_named()
    {
        byte[] head = [53, 1, 2, 54, 4, 10, 0, 0, 1, 51, 4, 0, 0, 14, 16];
        Gen.Select(Gen.Byte[1, 254], Gen.Byte[1, 255], Gen.Byte.Array[0, 254]).Where((_, length, rest) => rest.Length < length).Sample((code, length, rest) =>
        {
            DhcpMessage message = DhcpCodec.Decode(Raw([.. head, code, length, .. rest]))!;

            Assert.Equal((DhcpOption)code, message.CutOption);
            Assert.Equal(DhcpMessageType.Offer, message.Type);
            Assert.Equal("10.0.0.9/8", DhcpLeaseReader.Read(message)?.Address.ToString());
        });
    }

    [Theory]
    [InlineData("no End", "")]
    [InlineData("only padding", "000000")]
    [InlineData("a code without its length", "52")]
    [InlineData("an option that says 20 bytes where 3 follow", "5214010203")]
    [InlineData("bytes behind the End", "ffffffffffff")]
    public void The_end_of_the_options_may_be_missing_or_odd(string what, string end)
    {
        byte[] offer = Raw([53, 1, 2, 54, 4, 10, 0, 0, 1, 51, 4, 0, 0, 14, 16, 3, 4, 10, 0, 0, 1, .. Convert.FromHexString(end)]);

        Assert.True(DhcpLeaseReader.Read(DhcpCodec.Decode(offer)!)?.Routers.Count == 1, what);
    }

    [Theory]
    [InlineData("350102", "it names no server (without option 54)")]
    [InlineData("350102360300000133040000003c", "it names no server (option 54 has 3 bytes: 000001)")]
    [InlineData("350102360400000000330400000e10", "it names no server (option 54 has 4 bytes: 00000000)")]
    [InlineData("35010236040a000001", "it has no lease time (without option 51)")]
    [InlineData("35010236040a000001330400", "it has no lease time (option 51 runs past the end of the message)")]
    [InlineData("35010236040a00000133040000003c0104ff00ff00", "its subnet mask is none (option 1 has 4 bytes: ff00ff00)")]
    [InlineData("35010236040a00000133040000003c", null)]
    public void Why_an_offer_makes_no_lease_is_said(string options, string? problem)
    {
        DhcpMessage offer = DhcpCodec.Decode(Raw(Convert.FromHexString(options)))!;

        Assert.Equal(problem, DhcpLeaseReader.Problem(offer));
        Assert.Equal(problem is not null, DhcpLeaseReader.Read(offer) is null);
    }

    [Theory]
    [InlineData("Edge_Node77", "")]
    [InlineData("Edge_Node77\0", "")]
    [InlineData("localhost", "")]
    [InlineData("-edge", "")]
    [InlineData("Edge-77.Example.ORG", "edge-77")]
    [InlineData("", null)]
    public void A_host_name_that_is_not_valid_is_left_out_with_a_reason(string given, string? name)
    {
        DhcpLease lease = DhcpLeaseReader.Read(Wire.Reply(
            DhcpMessageType.Ack, 1, "10.0.0.9", (DhcpOption.Hostname, System.Text.Encoding.ASCII.GetBytes(given))))!;

        Assert.Equal(name ?? "", lease.Hostname);
        Assert.Equal(name is "" ? 1 : 0, lease.LeftOut.Count);
        Assert.All(lease.LeftOut, reason => Assert.StartsWith($"host name '{given.TrimEnd('\0')}' (option 12): ", reason, StringComparison.Ordinal));
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

    /// <summary>A reply that offers 10.0.0.9, with options as they are given.</summary>
    private static byte[] Raw(byte[] options)
    {
        byte[] message = [.. DhcpCodec.Encode(Wire.Reply(DhcpMessageType.Offer, 1, "10.0.0.9")).AsSpan(0, 240), .. options];
        return message;
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
