using CsCheck;
using Talos.Containers.Images;

namespace Talos.Containers.Tests.Images;

public sealed class OciArchiveTests
{
    [Fact]
    public void An_image_is_planned_with_its_blobs_before_its_manifest()
    {
        TestArchive archive = new();
        string manifest = archive.AddImage("localhost/pause:3.9");

        OciImage image = Assert.Single(Plan(archive));

        Assert.Equal("localhost/pause:3.9", image.Name);
        Assert.Equal(manifest, image.Target.Digest);
        Assert.Equal(3, image.Blobs.Count);
        Assert.Equal(manifest, image.Blobs[^1].Descriptor.Digest);
    }

    [Fact]
    public void A_manifest_keeps_its_config_and_layers_from_collection()
    {
        TestArchive archive = new();
        archive.AddImage("localhost/pause:3.9");

        OciImage image = Assert.Single(Plan(archive));

        Assert.Equal(
            ["containerd.io/gc.ref.content.config", "containerd.io/gc.ref.content.l.0"],
            image.Blobs[^1].Labels.Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void An_index_plans_the_members_that_are_there()
    {
        TestArchive archive = new();
        string arm = archive.AddImage(null);
        archive.ForgetManifests();
        string absent = TestArchive.DigestOf("absent"u8.ToArray());
        byte[] index = System.Text.Encoding.UTF8.GetBytes($$$"""
            {"manifests":[
            {"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"{{{absent}}}","size":6,"platform":{"architecture":"amd64","os":"linux"}},
            {"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"{{{arm}}}","size":{{{ManifestSize(archive, arm)}}},"platform":{"architecture":"arm64","os":"linux"}}]}
            """);
        archive.AddManifest(
            "application/vnd.oci.image.index.v1+json", archive.AddBlob(index), index.Length,
            ""","annotations":{"io.containerd.image.name":"localhost/app:1"}""");

        OciImage image = Assert.Single(Plan(archive));

        Assert.Equal(4, image.Blobs.Count);
        Assert.Equal(arm, image.Blobs[^1].Labels["containerd.io/gc.ref.content.m.0"]);
    }

    [Fact]
    public void The_layers_of_a_root_are_named_by_all_below_them()
    {
        string first = TestArchive.DigestOf("first"u8.ToArray());
        string second = TestArchive.DigestOf("second"u8.ToArray());
        OciDescriptor blob = new("application/vnd.oci.image.layer.v1.tar", first, 5);

        IReadOnlyList<OciLayer> layers = OciLayer.Chain([blob, blob], [first, second]);

        Assert.Equal(first, layers[0].ChainId);
        Assert.Equal(TestArchive.DigestOf(System.Text.Encoding.UTF8.GetBytes($"{first} {second}")), layers[1].ChainId);
    }

    [Fact]
    public void A_config_without_a_valid_name_for_each_layer_is_refused()
    {
        TestArchive archive = new();
        archive.AddImage("localhost/app:1", diffId: "sha256:short");

        Assert.Contains("rootfs.diff_ids", Assert.Throws<ContainersException>(() => Plan(archive)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_layer_is_named()
    {
        TestArchive archive = new();
        archive.AddImage("localhost/app:1", "the layer"u8.ToArray());
        string layer = TestArchive.DigestOf("the layer"u8.ToArray());
        archive.Remove(layer);

        ContainersException e = Assert.Throws<ContainersException>(() => Plan(archive));

        Assert.EndsWith($"no blobs/{layer.Replace(':', '/')}", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_damaged_manifest_is_refused()
    {
        TestArchive archive = new();
        string manifest = archive.AddImage("localhost/app:1");
        archive.Replace(manifest, new byte[ManifestSize(archive, manifest)]);

        ContainersException e = Assert.Throws<ContainersException>(() => Plan(archive));

        Assert.Contains("is damaged", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_archive_cut_short_is_refused()
    {
        TestArchive archive = new();
        archive.AddImage("localhost/app:1", new byte[100_000]);
        byte[] bytes = archive.ToBytes();

        Assert.Throws<ContainersException>(() => Plan(bytes[..70_000]));
    }

    [Fact]
    public void A_file_that_is_no_archive_is_refused()
    {
        Assert.Throws<ContainersException>(() => Plan("this is text, not tar"u8.ToArray()));
        Assert.Throws<ContainersException>(() => Plan([]));
    }

    [Fact]
    public void An_image_without_a_name_is_refused()
    {
        TestArchive archive = new();
        archive.AddImage(null);

        ContainersException e = Assert.Throws<ContainersException>(() => Plan(archive));

        Assert.Contains("io.containerd.image.name", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("sha256:abc")]
    [InlineData("sha512:0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("sha256:../../../../../../../../../../../../../../../../../../etc/passwd/a")]
    public void Only_whole_sha256_digests_are_taken(string digest)
    {
        TestArchive archive = new();
        archive.AddManifest("application/vnd.oci.image.manifest.v1+json", digest, 1, ""","annotations":{"io.containerd.image.name":"localhost/a:1"}""");

        Assert.Throws<ContainersException>(() => Plan(archive));
    }

    [Fact]
    public void A_changed_byte_never_does_more_than_refuse()
    {
        TestArchive archive = new();
        archive.AddImage("localhost/app:1");
        byte[] whole = archive.ToBytes();

        Gen.Select(Gen.Int[0, whole.Length - 1], Gen.Byte).Sample(
            (position, value) =>
            {
                byte[] changed = [.. whole];
                changed[position] = value;
                try
                {
                    Plan(changed);
                }
                catch (ContainersException)
                {
                    // Refused: the only other outcome.
                }
            },
            iter: 300,
            threads: 1);
    }

    private static int ManifestSize(TestArchive archive, string digest)
    {
        using TemporaryFile file = new(archive.ToBytes());
        using FileStream stream = File.OpenRead(file.Path);
        using System.Formats.Tar.TarReader tar = new(stream);
        while (tar.GetNextEntry() is { } entry)
        {
            if (entry.Name == "blobs/" + digest.Replace(':', '/'))
            {
                return (int)entry.Length;
            }
        }

        throw new InvalidOperationException($"no {digest} in the archive");
    }

    private static IReadOnlyList<OciImage> Plan(TestArchive archive) => Plan(archive.ToBytes());

    private static IReadOnlyList<OciImage> Plan(byte[] bytes)
    {
        using TemporaryFile file = new(bytes);
        using OciArchive archive = OciArchive.Open(file.Path);
        return archive.Plan("arm64");
    }
}
