using System.Security.Cryptography;
using Talos.Boards;
using Talos.Disks.Gpt;
using Talos.Disks.Meta;
using Talos.Imager.Bmap;
using Talos.Imager.Disk;
using Talos.Imager.Tools;

namespace Talos.Imager.Tests.Disk;

/// <summary>An image written by its block map over a medium that was in use: nothing of the former life may count. Needs root and a loop device.</summary>
[Trait("Category", "Integration")]
public sealed class UsedMediumTests : IDisposable
{
    private const long Mebibyte = 1 << 20;

    private readonly string _folder = Directory.CreateTempSubdirectory("talos-used").FullName;
    private readonly List<string> _loops = [];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        foreach (string loop in _loops)
        {
            Tool.RunAsync("losetup", ["-d", loop]).GetAwaiter().GetResult();
        }

        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [InlineData(256)]
    [InlineData(512)]
    [InlineData(1024)]
    public async Task The_block_map_leaves_nothing_that_counts_from_a_former_life(long efi)
    {
        (DiskLayout layout, string image, string root) = await ImageAsync(efi);
        string disk = await DirtyDiskAsync(layout, layout.Length);

        await Tool.RunAsync("bmaptool", ["copy", "--bmap", image + ".bmap", image, disk], ct: Ct);

        await CheckAsync(layout, disk, root);
    }

    [Fact]
    public async Task So_it_is_on_a_larger_medium_with_an_old_table_at_its_end_and_by_a_packed_image()
    {
        (DiskLayout layout, string image, string root) = await ImageAsync(256);
        string disk = await DirtyDiskAsync(layout, layout.Length + (64 * Mebibyte));
        await Tool.RunAsync("sgdisk", ["-n", "1:2048:4095", "-c", "1:OLD", disk], ct: Ct);
        await Tool.RunAsync("zstd", ["-q", "-1", image, "-o", image + ".zst"], ct: Ct);

        await Tool.RunAsync("bmaptool", ["copy", image + ".zst", disk], ct: Ct);

        await CheckAsync(layout, disk, root);
    }

    [Fact]
    public async Task A_writer_that_leaves_out_all_zeros_leaves_no_META_of_a_former_life_either()
    {
        (DiskLayout layout, string image, _) = await ImageAsync(256);
        string disk = await DirtyDiskAsync(layout, layout.Length);

        await Tool.RunAsync("dd", [$"if={image}", $"of={disk}", "bs=4096", "conv=sparse,notrunc", "status=none"], ct: Ct);

        Assert.Empty((await ReadMetaAsync(layout, disk)).Block.Tags);
    }

    private static async Task CheckAsync(DiskLayout layout, string disk, string root)
    {
        MetaReadResult meta = await ReadMetaAsync(layout, disk);
        Assert.Equal(MetaCondition.Both, meta.Condition);
        Assert.Empty(meta.Block.Tags);
        // The file behind the loop device: a device node has no length.
        await using (FileStream stream = File.OpenRead(Path.Combine(Path.GetDirectoryName(root)!, "medium")))
        {
            GptTable table = GptReader.TryRead(stream, 512)!.Table;
            Assert.Equal(layout.DiskId, table.DiskId);
            Assert.Equal(["EFI", "ROOT-A", "ROOT-B", "META"], table.Partitions.Select(p => p.Label));
            stream.Position = layout[DiskLayout.RootA].Offset;
            byte[] written = new byte[new FileInfo(root).Length];
            await stream.ReadExactlyAsync(written, Ct);
            Assert.Equal(SHA256.HashData(await File.ReadAllBytesAsync(root, Ct)), SHA256.HashData(written));
        }

        string efi = Path.Combine(Path.GetDirectoryName(root)!, "efi");
        DiskPartition partition = layout[DiskLayout.Efi];
        await Tool.RunAsync("dd", [$"if={disk}", $"of={efi}", "bs=1M", $"skip={partition.Offset / Mebibyte}", $"count={partition.Length / Mebibyte}", "status=none"], ct: Ct);

        // It fails when a cluster is owned by nobody or by two.
        string report = await Tool.RunAsync("fsck.vfat", ["-n", "-v", efi], ct: Ct);
        Assert.DoesNotContain("eclaim", report, StringComparison.Ordinal);
        Assert.Matches(@"6 files, \d+/\d+ clusters", report);
    }

    private static async Task<MetaReadResult> ReadMetaAsync(DiskLayout layout, string disk)
    {
        await using FileStream stream = File.OpenRead(disk);
        byte[] meta = new byte[MetaPartition.Size];
        stream.Position = layout[DiskLayout.Meta].Offset;
        await stream.ReadExactlyAsync(meta, Ct);
        return MetaPartition.Read(meta);
    }

    private async Task<(DiskLayout Layout, string Image, string Root)> ImageAsync(long efi)
    {
        string root = Path.Combine(_folder, "root"), uki = Path.Combine(_folder, "uki");
        byte[] content = new byte[8 * Mebibyte];

        // Zeros within the root count as well: its hash tree says so.
        new Random(3).NextBytes(content.AsSpan(0, (int)Mebibyte));
        content[^1] = 1;
        await File.WriteAllBytesAsync(root, content, Ct);
        new Random(4).NextBytes(content);
        await File.WriteAllBytesAsync(uki, content, Ct);
        Board board = new()
        {
            Name = "bench",
            Disk = new BoardDisk(new ByteSize(Mebibyte), new ByteSize(efi * Mebibyte), new ByteSize(16 * Mebibyte), null),
            BootControl = new BoardBootControl(BootControlKind.Efi, []),
        };
        var layout = DiskLayout.Plan(board, content.Length, "hash");
        string path = Path.Combine(_folder, "disk.raw");
        DiskImage image = new(path, layout);
        await image.CreateAsync(Ct);
        await image.WriteEfiAsync([("EFI/BOOT/BOOTAA64.EFI", root), ("EFI/Linux/talos-000001-A.efi", uki)], Ct);
        await image.WriteRawAsync(DiskLayout.RootA, root, Ct);
        await image.WriteMetaAsync(Ct);
        await using FileStream stream = File.OpenRead(path);
        await File.WriteAllTextAsync(path + ".bmap", await BmapFile.CreateAsync(stream, await image.MustBeWrittenAsync(content.Length, Ct), Ct), Ct);
        return (layout, path, root);
    }

    /// <summary>Ones everywhere, which is a used cluster in every table, and META of a node that remembers a failed version.</summary>
    private async Task<string> DirtyDiskAsync(DiskLayout layout, long size)
    {
        string file = Path.Combine(_folder, "medium");
        await using (FileStream stream = File.Create(file))
        {
            byte[] ones = new byte[Mebibyte];
            ones.AsSpan().Fill(0xFF);
            for (long at = 0; at < size; at += ones.Length)
            {
                await stream.WriteAsync(ones, Ct);
            }

            foreach (Talos.Disks.DiskWrite write in MetaPartition.Plan(MetaBlock.Empty.With(0x80, "journal of a former life"u8), MetaCondition.None))
            {
                stream.Position = layout[DiskLayout.Meta].Offset + write.Offset;
                await stream.WriteAsync(write.Data, Ct);
            }
        }

        string loop = (await Tool.RunAsync("losetup", ["-f", "--show", file], ct: Ct)).Trim();
        _loops.Add(loop);
        return loop;
    }
}
