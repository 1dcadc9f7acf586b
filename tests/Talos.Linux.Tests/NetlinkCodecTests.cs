using System.Net;
using System.Text;
using CsCheck;

namespace Talos.Linux.Tests;

public sealed class NetlinkCodecTests
{
    private static readonly Gen<IPAddress> Addresses =
        Gen.OneOf(Gen.Byte.Array[4].Select(b => new IPAddress(b)), Gen.Byte.Array[16].Select(b => new IPAddress(b)));

    [Fact]
    public void An_address_is_read_as_it_is_written() =>
        Gen.Select(Addresses, Gen.Int[1, 9999], Gen.Byte[0, 32], Gen.UInt, Gen.UInt).Sample((address, link, length, priority, flags) =>
        {
            AddressInfo wanted = new()
            {
                LinkIndex = link,
                Address = address,
                PrefixLength = length,
                RoutePriority = priority,
                Flags = flags,
                ValidLifetime = TimeSpan.FromSeconds(77),
            };

            Assert.Equal(wanted, RouteDecoder.Address(Payload(RouteEncoder.AddAddress(wanted))));
        });

    [Fact]
    public void A_route_is_read_as_it_is_written() =>
        Gen.Select(Addresses, Addresses, Gen.Byte[1, 32], Gen.UInt, Gen.UInt, Gen.Bool, Gen.Enum<RouteConflict>()).Sample(
            (destination, gateway, length, priority, table, onLink, conflict) =>
        {
            RouteInfo wanted = new()
            {
                Destination = destination,
                DestinationLength = length,
                Gateway = gateway,
                Source = destination,
                LinkIndex = 3,
                Priority = priority,
                Table = table,
                Flags = onLink ? 4u : 0,
                Mtu = 1400,
            };

            Assert.Equal(wanted, RouteDecoder.Route(Payload(RouteEncoder.AddRoute(wanted, conflict))));
        });

    [Fact]
    public void A_VLAN_is_read_as_it_is_written()
    {
        byte[] payload = Payload(RouteEncoder.CreateLink(new NewLink("eth0.5", "vlan") { ParentIndex = 2, VlanId = 5, VlanProtocol = 0x88a8 }));
        payload[4] = 9;

        LinkInfo link = RouteDecoder.Link(payload)!;

        Assert.Equal(("eth0.5", 9, "vlan", 5, 0x88a8, 2), (link.Name, link.Index, link.Kind, link.VlanId, link.VlanProtocol, link.ParentIndex));
    }

    [Fact]
    public void Any_bytes_are_read_without_an_exception_and_without_end() =>
        Gen.Byte.Array[0, 400].Sample(bytes =>
        {
            NetlinkReader reader = new(bytes);
            int messages = 0;
            while (reader.TryRead(out NetlinkMessage message))
            {
                messages++;
                RouteDecoder.Link(message.Payload);
            }

            Assert.True(messages <= 400 / 16);
            RouteDecoder.Link(bytes);
            RouteDecoder.Address(bytes);
            RouteDecoder.Route(bytes);
            Uevent.Parse(bytes);
            Uevent.FromFile("/devices/a", bytes, "block");
        });

    [Fact]
    public void A_message_that_is_cut_off_is_malformed()
    {
        byte[] whole = RouteEncoder.ListLinks().Finish(1).ToArray();
        NetlinkReader reader = new(whole.AsSpan(0, whole.Length - 1));

        Assert.False(reader.TryRead(out _));
        Assert.True(reader.Malformed);
    }

    [Fact]
    public void An_event_of_the_kernel_is_read_and_one_of_a_daemon_is_not()
    {
        Uevent? uevent = Uevent.Parse("add@/devices/a/block/vda\0ACTION=add\0SUBSYSTEM=block\0DEVNAME=vda\0"u8);

        Assert.Equal(("add", "/devices/a/block/vda", "vda"), (uevent?.Action, uevent?.DevPath, uevent?["DEVNAME"]));
        Assert.Null(uevent?["MODALIAS"]);
        Assert.Null(Uevent.Parse("libudev\0\xfe\xed\xca\xfe"u8));
        Assert.Equal("disk", Uevent.FromFile("/devices/a", Encoding.ASCII.GetBytes("MAJOR=254\nDEVTYPE=disk\n"), null)["DEVTYPE"]);
    }

    private static byte[] Payload(NetlinkRequest request)
    {
        NetlinkReader reader = new(request.Finish(1));
        Assert.True(reader.TryRead(out NetlinkMessage message));
        return message.Payload.ToArray();
    }
}
