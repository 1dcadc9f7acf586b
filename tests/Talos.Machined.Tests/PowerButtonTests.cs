using System.Buffers.Binary;
using Talos.Machined.Node;

namespace Talos.Machined.Tests;

public sealed class PowerButtonTests
{
    [Theory]
    [InlineData("10000000000000 0\n", true)]
    [InlineData("ffffffffffffffff\n", false)]
    [InlineData("1 10000000000000 0\n", true)]
    [InlineData("0 0\n", false)]
    [InlineData("", false)]
    public void A_device_with_a_power_key_is_known_by_its_bitmap(string bitmap, bool expected) =>
        Assert.Equal(expected, PowerButton.HasPowerKey(bitmap));

    [Theory]
    [InlineData(1, 116, 1, true)]
    [InlineData(1, 116, 0, false)]
    [InlineData(1, 30, 1, false)]
    [InlineData(0, 0, 0, false)]
    public void Only_a_press_of_the_power_key_counts(ushort type, ushort code, int value, bool expected)
    {
        byte[] events = new byte[48];
        BinaryPrimitives.WriteUInt16LittleEndian(events.AsSpan(24 + 16), type);
        BinaryPrimitives.WriteUInt16LittleEndian(events.AsSpan(24 + 18), code);
        BinaryPrimitives.WriteInt32LittleEndian(events.AsSpan(24 + 20), value);

        Assert.Equal(expected, PowerButton.IsPress(events));
    }
}
