using System.Formats.Tar;
using System.IO.Compression;
using Talos.Api.Machine;
using Talos.Machined.Api.Filesystem;
using Talos.Rpc.Errors;

namespace Talos.Machined.Tests.Api;

public sealed class FilesystemTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("talos-files-").FullName;

    public FilesystemTests()
    {
        Directory.CreateDirectory(Path.Combine(_root, "b", "c"));
        File.WriteAllText(Path.Combine(_root, "a.txt"), "12345");
        File.WriteAllText(Path.Combine(_root, "b", "c", "d.txt"), "123");
        File.CreateSymbolicLink(Path.Combine(_root, "link"), "a.txt");
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Theory]
    [InlineData(0x81A4u, 0x1A4u)]
    [InlineData(0x41EDu, 0x80000000u | 0x1EDu)]
    [InlineData(0xA1FFu, 0x08000000u | 0x1FFu)]
    [InlineData(0x61B0u, 0x04000000u | 0x1B0u)]
    [InlineData(0x2190u, 0x04200000u | 0x190u)]
    [InlineData(0xC1C0u, 0x01000000u | 0x1C0u)]
    [InlineData(0x89EDu, 0x00800000u | 0x1EDu)]
    [InlineData(0x43FFu, 0x80100000u | 0x1FFu)]
    public void Modes_are_those_of_Go(uint kernel, uint go) => Assert.Equal(go, GoFileMode.From(kernel));

    [Fact]
    public void A_walk_tells_each_folder_before_its_contents_and_follows_no_link()
    {
        Assert.Equal([".", "a.txt", "b", "b/c", "b/c/d.txt", "link"], FileWalk.Walk(_root, int.MaxValue).Select(f => f.Relative));
        Assert.Equal([".", "a.txt", "b", "link"], FileWalk.Walk(_root, 1).Select(f => f.Relative));
    }

    [Fact]
    public void A_path_must_be_absolute_and_there()
    {
        Assert.Equal(Path.Combine(_root, "a.txt"), FileWalk.Resolve("path", $"{_root}/b/../link"));
        Assert.Throws<InvalidRequestException>(() => FileWalk.Resolve("path", "etc/passwd"));
        Assert.Throws<FileNotFoundException>(() => FileWalk.Resolve("path", $"{_root}/nothing"));
    }

    [Fact]
    public void Sizes_are_summed_up_from_the_bottom()
    {
        List<DiskUsageInfo> all = [.. DiskUsageTree.Sum(_root, int.MaxValue, withFiles: true, threshold: 0).OfType<DiskUsageInfo>()];
        List<DiskUsageInfo> folders = [.. DiskUsageTree.Sum(_root, 1, withFiles: false, threshold: 0).OfType<DiskUsageInfo>()];

        Assert.Equal(["a.txt", "b/c/d.txt", "b/c", "b", "link", "."], all.Select(i => i.RelativeName));
        Assert.Equal(["b", "."], folders.Select(i => i.RelativeName));
        Assert.Equal(all[^1].Size, folders[^1].Size);
        Assert.True(all[^1].Size > all[3].Size);
    }

    [Fact]
    public async Task A_folder_is_packed_with_what_is_below_it()
    {
        using MemoryStream packed = new();
        await TarStream.WriteAsync(_root, packed, TestContext.Current.CancellationToken);
        packed.Position = 0;

        await using GZipStream zip = new(packed, CompressionMode.Decompress);
        await using TarReader tar = new(zip);
        List<string> names = [];
        while (await tar.GetNextEntryAsync(cancellationToken: TestContext.Current.CancellationToken) is { } entry)
        {
            names.Add(entry.Name.TrimEnd('/'));
        }

        Assert.Equal([".", "a.txt", "b", "b/c", "b/c/d.txt", "link"], names);
    }
}
