using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using CsCheck;
using Talos.Imager.Bmap;
using Talos.Imager.Disk;

namespace Talos.Imager.Tests.Bmap;

public sealed partial class BmapFileTests
{
    [Fact]
    public async Task Blocks_of_zeros_are_left_out_and_ranges_have_their_checksum()
    {
        byte[] image = new byte[600 * BmapFile.BlockSize];
        image[0] = 1;
        image[^1] = 2;

        string bmap = await CreateAsync(image);

        Assert.Contains("<ImageSize> 2457600 </ImageSize>", bmap, StringComparison.Ordinal);
        Assert.Contains("<MappedBlocksCount> 2 </MappedBlocksCount>", bmap, StringComparison.Ordinal);
        Assert.Equal(["0", "599"], Ranges().Matches(bmap).Select(m => m.Groups[2].Value));
        Assert.Equal(Hash(image.AsSpan(0, 4096)), Ranges().Match(bmap).Groups[1].Value);
    }

    [Fact]
    public async Task The_file_carries_its_own_checksum_taken_with_zeros_in_its_place()
    {
        string bmap = await CreateAsync([1, 2, 3]);
        string own = OwnHash().Match(bmap).Groups[1].Value;

        Assert.Equal(own, Hash(Encoding.ASCII.GetBytes(bmap.Replace(own, new string('0', 64), StringComparison.Ordinal))));
    }

    [Fact]
    public void Ranges_are_in_order_apart_and_leave_no_data_out() =>
        Gen.Int[0, 2000].Array[0, 12].Sample(blocks =>
        {
            byte[] image = new byte[2001 * BmapFile.BlockSize];
            Array.ForEach(blocks, b => image[(b * BmapFile.BlockSize) + (b % 4096)] = 1);
            using MemoryStream stream = new(image);

            List<(long First, long Last)> ranges = BmapFile.FindAsync(stream, [], TestContext.Current.CancellationToken).GetAwaiter().GetResult();

            Assert.All(blocks, b => Assert.Contains(ranges, r => r.First <= b && b <= r.Last));
            Assert.All(ranges, r => Assert.True(blocks.Contains((int)r.First) && blocks.Contains((int)r.Last)));
            Assert.All(ranges.Zip(ranges.Skip(1)), p => Assert.True(p.Second.First - p.First.Last > 256));
        }, iter: 50);

    [Fact]
    public async Task What_must_be_written_is_in_the_map_though_it_is_zero()
    {
        string bmap = await CreateAsync(new byte[2000 * BmapFile.BlockSize], new DiskExtent(0, 1), new DiskExtent((700 * BmapFile.BlockSize) - 1, 2), new DiskExtent(1990 * BmapFile.BlockSize, 10 * BmapFile.BlockSize));

        Assert.Equal(["0", "699-700", "1990-1999"], Ranges().Matches(bmap).Select(m => m.Groups[2].Value));
    }

    [Fact]
    public async Task An_extent_outside_of_the_image_is_refused() =>
        await Assert.ThrowsAsync<ImagerException>(() => CreateAsync(new byte[8192], new DiskExtent(4096, 4097)));

    private static async Task<string> CreateAsync(byte[] image, params DiskExtent[] always)
    {
        using MemoryStream stream = new(image);
        return await BmapFile.CreateAsync(stream, always, TestContext.Current.CancellationToken);
    }

    private static string Hash(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    [GeneratedRegex("<Range chksum=\"([0-9a-f]{64})\"> ([0-9-]+) </Range>")]
    private static partial Regex Ranges();

    [GeneratedRegex("<BmapFileChecksum> ([0-9a-f]{64}) </BmapFileChecksum>")]
    private static partial Regex OwnHash();
}
