using Talos.Boards;
using Talos.Disks.Meta;
using Talos.Imager.Disk;
using Talos.Imager.Tools;

namespace Talos.Imager.Tests.Disk;

public sealed class DiskTests : IDisposable
{
    private const long Mebibyte = 1 << 20;
    private readonly string _folder = Directory.CreateTempSubdirectory("talos-disk").FullName;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Partitions_lie_behind_each_other_in_the_order_the_node_expects()
    {
        DiskLayout layout = DiskLayout.Plan(Board(), 100, "hash");

        Assert.Equal(["EFI", "ROOT-A", "ROOT-B", "META"], layout.Partitions.Select(p => p.Label));
        Assert.Equal([1, 257, 513, 769], layout.Partitions.Select(p => p.Offset / Mebibyte));
        Assert.Equal(771 * Mebibyte, layout.Length);
        Assert.Equal(layout[DiskLayout.RootA].Length, layout[DiskLayout.RootB].Length);
    }

    [Fact]
    public void Identifiers_are_the_same_for_the_same_root_and_others_for_another()
    {
        Assert.Equal(DiskLayout.Plan(Board(), 100, "one").Partitions, DiskLayout.Plan(Board(), 100, "one").Partitions);
        Assert.Empty(DiskLayout.Plan(Board(), 100, "one").Partitions.Intersect(DiskLayout.Plan(Board(), 100, "two").Partitions));
    }

    [Fact]
    public void A_root_that_does_not_fit_and_a_kind_without_image_are_refused()
    {
        Assert.Contains("do not fit into a partition of 268435456", Assert.Throws<ImagerException>(() => DiskLayout.Plan(Board(), 300 * Mebibyte, "")).Message, StringComparison.Ordinal);
        Assert.Contains("cannot be built yet", Assert.Throws<ImagerException>(() => DiskLayout.Plan(Board(BootControlKind.UBootEnv), 1, "")).Message, StringComparison.Ordinal);
        Assert.Contains("disk.efi 64MiB is less than 72MiB", Assert.Throws<ImagerException>(() => DiskLayout.Plan(Board(efi: 64), 1, "")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_images_of_the_same_content_are_the_same_and_hold_their_files()
    {
        string content = Path.Combine(_folder, "content");
        await File.WriteAllTextAsync(content, "hello\n", Ct);
        string first = await WriteAsync("first", content);
        string second = await WriteAsync("second", content);

        Assert.Equal(await HashAsync(first), await HashAsync(second));
        Assert.Equal("hello\n", await Tool.RunAsync("mtype", ["-i", $"{first}@@{Mebibyte}", "::/EFI/BOOT/FILE.EFI"], ct: Ct));
        Assert.Contains("ROOT-B", await Tool.RunAsync("sgdisk", ["-p", first], ct: Ct), StringComparison.Ordinal);
        Assert.Contains("No problems found", await Tool.RunAsync("sgdisk", ["-v", first], ct: Ct), StringComparison.Ordinal);
    }

    [Fact]
    public async Task META_is_written_empty_and_both_copies_are_intact()
    {
        string content = Path.Combine(_folder, "content");
        await File.WriteAllTextAsync(content, "hello\n", Ct);
        string image = await WriteAsync("image", content);
        byte[] meta = new byte[MetaPartition.Size];
        await using FileStream stream = File.OpenRead(image);
        stream.Position = DiskLayout.Plan(Board(), 6, "hash")[DiskLayout.Meta].Offset;
        await stream.ReadExactlyAsync(meta, Ct);

        MetaReadResult read = MetaPartition.Read(meta);

        Assert.Equal(MetaCondition.Both, read.Condition);
        Assert.Empty(read.Block.Tags);
    }

    private static Board Board(BootControlKind kind = BootControlKind.Efi, long? efi = null) => new()
    {
        Name = "bench",
        Disk = new BoardDisk(new ByteSize(Mebibyte), efi is { } mebibytes ? new ByteSize(mebibytes * Mebibyte) : null, null, null),
        BootControl = new BoardBootControl(kind, []),
    };

    private async Task<string> WriteAsync(string name, string content)
    {
        string path = Path.Combine(_folder, name);
        DiskImage image = new(path, DiskLayout.Plan(Board(), 6, "hash"));
        await image.CreateAsync(Ct);
        await image.WriteEfiAsync([("EFI/BOOT/FILE.EFI", content), ("loader/loader.conf", content)], Ct);
        await image.WriteRawAsync(DiskLayout.RootA, content, Ct);
        await image.WriteMetaAsync(Ct);
        return path;
    }

    private static async Task<string> HashAsync(string path)
    {
        await using FileStream stream = File.OpenRead(path);
        return Convert.ToHexStringLower(await System.Security.Cryptography.SHA256.HashDataAsync(stream, Ct));
    }
}
