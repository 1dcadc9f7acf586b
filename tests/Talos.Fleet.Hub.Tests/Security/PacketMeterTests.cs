using CsCheck;
using Talos.Fleet.Hub.Connections;

namespace Talos.Fleet.Hub.Tests.Security;

[Trait("Category", "Security")]
public sealed class PacketMeterTests
{
    [Theory]
    [InlineData(new byte[] { 0x10, 0xff, 0xff, 0xff, 0x7f }, "announced")]
    [InlineData(new byte[] { 0x10, 0x81, 0x80, 0x01 }, "announced")]
    [InlineData(new byte[] { 0x10, 0x80, 0x80, 0x80, 0x80 }, "more than 4 bytes")]
    [InlineData(new byte[] { 0x30, 0x02, 0, 0 }, "no CONNECT")]
    [InlineData(new byte[] { 0x00 }, "no CONNECT")]
    [InlineData(new byte[] { 0x16, 0x03, 0x01 }, "no CONNECT")]
    public void What_no_client_of_ours_sends_first_is_refused_at_its_header(byte[] sent, string problem) =>
        Assert.Contains(problem, Assert.Throws<PacketException>(() => new PacketMeter(8192, 300 << 10).Take(sent)).Message, StringComparison.Ordinal);

    [Fact]
    public void Packets_in_parts_of_any_size_are_counted_and_the_first_one_that_is_too_large_is_refused() =>
        Gen.Select(Gen.Int[0, 2000].Array[1, 20], Gen.Int[1, 700], Gen.Bool).Sample((sizes, part, tooLarge) =>
        {
            byte[] sent = [.. sizes.SelectMany((size, i) => Packet(i == 0 ? (byte)0x10 : (byte)0x30, size)), .. tooLarge ? Header(0x30, 2001) : []];
            PacketMeter meter = new(2000, 2000);
            bool refused = false;

            try
            {
                foreach (byte[] chunk in sent.Chunk(part))
                {
                    meter.Take(chunk);
                }
            }
            catch (PacketException)
            {
                refused = true;
            }

            Assert.Equal(tooLarge, refused);
            Assert.True(refused ? meter.Packets <= sizes.Length : meter.Packets == sizes.Length);
        });

    private static byte[] Packet(byte type, int size) => [.. Header(type, size), .. new byte[size]];

    private static byte[] Header(byte type, int size)
    {
        List<byte> header = [type];
        do
        {
            header.Add((byte)((size & 0x7f) | (size > 0x7f ? 0x80 : 0)));
            size >>= 7;
        }
        while (size > 0);

        return [.. header];
    }
}
