using Talos.Apid.Proxy;

namespace Talos.Apid.Tests.Proxy;

public class GrpcHeaderTests
{
    [Theory]
    [InlineData("5S", 5000)]
    [InlineData("250m", 250)]
    [InlineData("1500000u", 1500)]
    [InlineData("2M", 120000)]
    [InlineData("20000000n", 20)]
    public void Timeouts_are_read_in_every_unit(string value, int milliseconds) =>
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), GrpcTimeout.Parse(value));

    [Theory]
    [InlineData(null), InlineData(""), InlineData("S"), InlineData("5"), InlineData("-5S"), InlineData("5x"), InlineData("123456789S"), InlineData("99999999H")]
    public void What_is_no_timeout_or_one_for_years_means_none(string? value) => Assert.Null(GrpcTimeout.Parse(value));

    [Theory]
    [InlineData("plain text", "plain text")]
    [InlineData("100 %", "100 %25")]
    [InlineData("a\nb", "a%0Ab")]
    [InlineData("ü", "%C3%BC")]
    public void Messages_are_encoded_and_come_back(string message, string encoded)
    {
        Assert.Equal(encoded, GrpcStatus.Encode(message));
        Assert.Equal(message, Uri.UnescapeDataString(encoded));
    }

    [Fact]
    public async Task A_frame_is_read_back_and_then_the_end()
    {
        using MemoryStream body = new([.. GrpcFrames.Frame([1, 2, 3]), .. GrpcFrames.Frame([])]);

        byte[]? first = await GrpcFrames.ReadAsync(body, TestContext.Current.CancellationToken);
        Assert.Equal("010203", Convert.ToHexString(first!));
        Assert.Empty((await GrpcFrames.ReadAsync(body, TestContext.Current.CancellationToken))!);
        Assert.Null(await GrpcFrames.ReadAsync(body, TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData(new byte[] { 0, 0, 0 })]
    [InlineData(new byte[] { 1, 0, 0, 0, 0 })]
    [InlineData(new byte[] { 0, 0xff, 0, 0, 0 })]
    public async Task A_broken_frame_is_refused(byte[] bytes) =>
        await Assert.ThrowsAsync<InvalidDataException>(() => GrpcFrames.ReadAsync(new MemoryStream(bytes), TestContext.Current.CancellationToken));
}
