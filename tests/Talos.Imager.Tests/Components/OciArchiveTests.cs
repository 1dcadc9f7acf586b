using System.Formats.Tar;
using System.Security.Cryptography;
using System.Text.Json;
using Talos.Imager.Components;

namespace Talos.Imager.Tests.Components;

public sealed class OciArchiveTests
{
    private static readonly byte[] Program = [1, 2, 3];

    [Fact]
    public void The_same_input_gives_the_same_bytes() =>
        Assert.Equal(OciImages.Web("arm64", Program), OciImages.Web("arm64", Program));

    [Fact]
    public void Every_blob_is_named_by_its_checksum_and_the_index_leads_to_the_layer()
    {
        Dictionary<string, byte[]> files = Files(OciImages.Pause("arm64", Program));

        Assert.All(files.Where(f => f.Key.StartsWith("blobs/", StringComparison.Ordinal)), f => Assert.Equal(Path.GetFileName(f.Key), Convert.ToHexStringLower(SHA256.HashData(f.Value))));
        JsonElement index = JsonDocument.Parse(files["index.json"]).RootElement.GetProperty("manifests")[0];
        JsonElement manifest = JsonDocument.Parse(Blob(files, index)).RootElement;
        JsonElement config = JsonDocument.Parse(Blob(files, manifest.GetProperty("config"))).RootElement;
        byte[] layer = Blob(files, manifest.GetProperty("layers")[0]);
        Assert.Equal("localhost/pause:3.9", index.GetProperty("annotations").GetProperty("io.containerd.image.name").GetString());
        Assert.Equal("/pause", config.GetProperty("config").GetProperty("Entrypoint")[0].GetString());
        Assert.Equal("sha256:" + Convert.ToHexStringLower(SHA256.HashData(layer)), config.GetProperty("rootfs").GetProperty("diff_ids")[0].GetString());
        Assert.Equal(Program, Files(layer)["pause"]);
    }

    [Fact]
    public void A_folder_stands_before_what_it_contains()
    {
        byte[] layer = new OciLayer().Executable("usr/bin/x", Program).Link("bin/y", "../usr/bin/x").ToTar();

        Assert.Equal(["bin/", "bin/y", "usr/", "usr/bin/", "usr/bin/x"], Entries(layer).Select(e => e.Name));
    }

    private static byte[] Blob(Dictionary<string, byte[]> files, JsonElement descriptor)
    {
        byte[] blob = files["blobs/sha256/" + descriptor.GetProperty("digest").GetString()!["sha256:".Length..]];
        Assert.Equal(descriptor.GetProperty("size").GetInt64(), blob.Length);
        return blob;
    }

    private static Dictionary<string, byte[]> Files(byte[] tar) => Entries(tar)
        .Where(e => e.EntryType is TarEntryType.RegularFile)
        .ToDictionary(e => e.Name, e =>
        {
            using MemoryStream content = new();
            e.DataStream?.CopyTo(content);
            return content.ToArray();
        });

    private static List<TarEntry> Entries(byte[] tar)
    {
        using TarReader reader = new(new MemoryStream(tar));
        List<TarEntry> entries = [];
        while (reader.GetNextEntry(copyData: true) is { } entry)
        {
            entries.Add(entry);
        }

        return entries;
    }
}
