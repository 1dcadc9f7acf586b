using Talos.Imager.Rootfs;
using Talos.Imager.Tools;
using Talos.Imager.Verity;

namespace Talos.Imager.Tests.Rootfs;

/// <summary>With the real tools, on a tree of a few files.</summary>
public sealed class SquashfsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("talos-squashfs").FullName;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task The_same_tree_gives_the_same_file_system_and_the_same_root_hash()
    {
        VerityRoot first = await BuildAsync("first");
        VerityRoot second = await BuildAsync("second");

        Assert.Equal(await File.ReadAllBytesAsync(first.Path, Ct), await File.ReadAllBytesAsync(second.Path, Ct));
        Assert.Equal(first with { Path = "" }, second with { Path = "" });
    }

    [Fact]
    public async Task Everything_belongs_to_root_with_the_mode_of_the_tree()
    {
        VerityRoot root = await BuildAsync("root");

        string[] lines = (await Tool.RunAsync("unsquashfs", ["-lln", "-no-progress", root.Path], ct: Ct)).Split('\n');

        Assert.Contains(lines, l => l.StartsWith("-rwxr-xr-x 0/0", StringComparison.Ordinal) && l.EndsWith("1970-01-01 00:00 squashfs-root/usr/bin/init", StringComparison.Ordinal));
        Assert.Contains(lines, l => l.StartsWith("drwxrwxrwt 0/0", StringComparison.Ordinal) && l.EndsWith("squashfs-root/tmp", StringComparison.Ordinal));
        Assert.Contains(lines, l => l.EndsWith("squashfs-root/bin -> usr/bin", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_hash_tree_starts_right_behind_the_data_and_a_flipped_byte_is_found()
    {
        VerityRoot root = await BuildAsync("root");
        await VerityFormat.VerifyAsync(root.Path, root.RootHash, root.DataBlocks, Ct);
        byte[] bytes = await File.ReadAllBytesAsync(root.Path, Ct);
        Assert.Equal("verity"u8, bytes.AsSpan((int)root.DataBlocks * VerityFormat.BlockSize, 6));

        bytes[100] ^= 1;
        await File.WriteAllBytesAsync(root.Path, bytes, Ct);

        await Assert.ThrowsAsync<ImagerException>(() => VerityFormat.VerifyAsync(root.Path, root.RootHash, root.DataBlocks, Ct));
    }

    private async Task<VerityRoot> BuildAsync(string name)
    {
        RootTree tree = new();
        tree.AddDirectory("tmp", 0b1_111_111_111);
        tree.AddLink("bin", "usr/bin");
        tree.AddText("etc/hosts", "127.0.0.1 localhost\n");
        tree.AddText("etc/empty", "");
        tree.AddFile("usr/bin/init", "/bin/true", "machined", executable: true);
        string path = Path.Combine(_folder, name);
        await Squashfs.WriteAsync(tree, path, PinnedTool.OfMachine("mksquashfs"), level: 3, Ct);
        return await VerityFormat.AppendAsync(path, Ct);
    }
}
