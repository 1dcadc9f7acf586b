using CsCheck;

namespace Talos.Boards.Tests;

public sealed class ByteSizeTests
{
    [Theory]
    [InlineData("512B", 512)]
    [InlineData("32KiB", 32768)]
    [InlineData("10MiB", 10485760)]
    [InlineData("2GiB", 2147483648)]
    [InlineData("0B", 0)]
    public void Reads_a_number_with_a_binary_unit(string text, long bytes)
    {
        Assert.True(ByteSize.TryParse(text, out ByteSize size));
        Assert.Equal(bytes, size.Bytes);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("10")]
    [InlineData("10MB")]
    [InlineData("10 MiB")]
    [InlineData("-1MiB")]
    [InlineData("1.5GiB")]
    [InlineData("9223372036854775807KiB")]
    public void Refuses_what_has_no_unit_or_no_whole_number(string? text) => Assert.False(ByteSize.TryParse(text, out _));

    [Fact]
    public void What_it_writes_it_reads_again() => Gen.Long[0, long.MaxValue].Sample(bytes =>
        ByteSize.TryParse(new ByteSize(bytes).ToString(), out ByteSize size) && size.Bytes == bytes);
}
