using System.Security.Cryptography;
using Talos.Ota.Delta.Apply;

namespace Talos.Ota.Delta.Tests;

public sealed class VerityTreeTests
{
    // The tree of `veritysetup format --no-superblock --salt=aabbccdd` over 300 blocks of the letter T.
    private const string Expected = "7c20f20a7f37092b5e26dcc564005fc80779effe8007e66f8c4b62a943a54047";

    [Fact]
    public void The_tree_is_the_one_of_veritysetup()
    {
        VerityTree tree = new(300 * VerityTree.BlockSize, [0xAA, 0xBB, 0xCC, 0xDD]);
        byte[] data = new byte[300 * VerityTree.BlockSize];
        data.AsSpan().Fill((byte)'T');

        tree.Append(data.AsSpan(0, 5000));
        Assert.Null(tree.Finish());
        tree.Append(data.AsSpan(5000));

        Assert.Equal(Expected, Convert.ToHexStringLower(SHA256.HashData(tree.Finish()!)));
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(128, 4096)]
    [InlineData(129, 3 * 4096)]
    [InlineData(128 * 128, 129 * 4096)]
    public void The_length_of_a_tree_is_known_before(long blocks, long length) => Assert.Equal(length, VerityTree.LengthFor(blocks * VerityTree.BlockSize));
}
