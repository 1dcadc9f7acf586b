using System.Buffers;
using Talos.Rpc.Connections;

namespace Talos.Rpc.Tests.Connections;

[Trait("Category", "Security")]
public class FirstRecordTests
{
    [Theory]
    [InlineData("", null)]
    [InlineData("16", null)]
    [InlineData("16030100", null)]
    [InlineData("1603010003", null)]
    [InlineData("1603010003AABB", null)]
    [InlineData("1603010003AABBCC", true)]
    [InlineData("1603010003AABBCCDD", true)]
    [InlineData("1603010000", false)]
    [InlineData("160301FFFF", false)]
    [InlineData("47455420", false)]
    [InlineData("00", false)]
    public void A_client_has_spoken_when_its_first_record_is_whole(string received, bool? expected) =>
        Assert.Equal(expected, FirstRecord.IsWhole(new ReadOnlySequence<byte>(Convert.FromHexString(received))));
}
