using Talos.Containers.Images;

namespace Talos.Containers.Tests.Images;

public sealed class ImageImporterTests : IAsyncDisposable
{
    private readonly FakeImageStore _store = new();

    [Fact]
    public async Task All_blobs_are_stored_and_the_image_is_named()
    {
        TestArchive archive = new();
        string manifest = archive.AddImage("localhost/app:1", new byte[1000]);

        ImportedImage image = Assert.Single(await ImportAsync(archive));

        Assert.True(image.Changed);
        Assert.Equal(3, _store.Blobs.Count);
        Assert.Equal(manifest, _store.Images["localhost/app:1"]);
        Assert.Equal([TestArchive.DigestOf(new byte[1000])], _store.Unpacked);
        Assert.Equal(0, _store.OpenLeases);
    }

    [Fact]
    public async Task A_second_import_writes_nothing()
    {
        TestArchive archive = new();
        archive.AddImage("localhost/app:1");
        await ImportAsync(archive);
        int writes = _store.Writes;

        ImportedImage image = Assert.Single(await ImportAsync(archive));

        Assert.False(image.Changed);
        Assert.Equal(writes, _store.Writes);
    }

    [Fact]
    public async Task An_image_with_a_damaged_layer_does_not_appear()
    {
        TestArchive archive = new();
        archive.AddImage("localhost/app:1", "layer"u8.ToArray());
        archive.Replace(TestArchive.DigestOf("layer"u8.ToArray()), "LAYER"u8.ToArray());

        await Assert.ThrowsAsync<ContainersException>(() => ImportAsync(archive));

        Assert.Empty(_store.Images);
        Assert.Equal(0, _store.OpenLeases);
    }

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    private async Task<IReadOnlyList<ImportedImage>> ImportAsync(TestArchive archive)
    {
        using TemporaryFile file = new(archive.ToBytes());
        return await new ImageImporter(_store, "arm64").ImportAsync(file.Path, TestContext.Current.CancellationToken);
    }
}
