using Talos.Ota.Engine.Sources;

namespace Talos.Ota.Engine.Tests.Sources;

public sealed class FileSourceTests : PayloadSourceConformance, IDisposable
{
    private readonly string _file = Path.GetTempFileName();

    public void Dispose() => File.Delete(_file);

    [Fact]
    public void A_missing_file_is_named() =>
        Assert.Contains("/nowhere/x.bundle", Assert.Throws<SourceException>(() => FileSource.Open("/nowhere/x.bundle")).Message, StringComparison.Ordinal);

    protected override async Task<IPayloadSource> OpenAsync()
    {
        await File.WriteAllBytesAsync(_file, Bundle, Ct);
        return FileSource.Open(_file);
    }
}

public sealed class UsbSourceTests : PayloadSourceConformance, IDisposable
{
    private readonly FakeVolume _stick = new(Directory.CreateTempSubdirectory("talos-stick").FullName);

    public void Dispose() => Directory.Delete(_stick.Folder, recursive: true);

    [Fact]
    public async Task The_stick_is_unmounted_when_it_is_no_longer_read()
    {
        IPayloadSource source = await OpenAsync();
        Assert.False(_stick.IsDisposed);

        await source.DisposeAsync();

        Assert.True(_stick.IsDisposed);
        Assert.Equal("usb:UPDATE/talos.bundle", source.Name);
    }

    [Fact]
    public async Task A_stick_with_none_or_several_bundles_is_refused_and_unmounted()
    {
        UsbReference reference = new("UPDATE", "");

        Assert.Contains("no file that ends in .bundle", Assert.Throws<SourceException>(() => UsbSource.Open(_stick, reference)).Message, StringComparison.Ordinal);
        await File.WriteAllTextAsync(Path.Combine(_stick.Folder, "a.bundle"), "", Ct);
        await File.WriteAllTextAsync(Path.Combine(_stick.Folder, "b.bundle"), "", Ct);

        Assert.Contains("2 bundles (a.bundle, b.bundle)", Assert.Throws<SourceException>(() => UsbSource.Open(_stick, reference)).Message, StringComparison.Ordinal);
        Assert.True(_stick.IsDisposed);
    }

    protected override async Task<IPayloadSource> OpenAsync()
    {
        await File.WriteAllBytesAsync(Path.Combine(_stick.Folder, "talos.bundle"), Bundle, Ct);
        return UsbSource.Open(_stick, new UsbReference("UPDATE", ""));
    }

    private sealed class FakeVolume(string folder) : IRemovableVolumes, IMountedVolume
    {
        public string Folder => folder;

        public bool IsDisposed { get; private set; }

        public IMountedVolume Mount(string label) => this;

        public void Dispose() => IsDisposed = true;
    }
}

public sealed class PushSourceTests : PayloadSourceConformance
{
    [Fact]
    public async Task A_client_that_breaks_off_is_an_error_for_the_reader()
    {
        PushSource source = new();
        Assert.True(await source.WriteAsync(new byte[10], Ct));
        source.Complete(new IOException("connection reset"));

        await source.ReadAtAsync(0, new byte[10], Ct);

        Assert.Contains("send it again", (await Assert.ThrowsAsync<SourceException>(async () => await source.ReadAtAsync(10, new byte[10], Ct))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_is_told_when_no_more_is_wanted()
    {
        PushSource source = new();

        await source.DisposeAsync();

        Assert.False(await source.WriteAsync(new byte[10], Ct));
    }

    protected override Task<IPayloadSource> OpenAsync()
    {
        PushSource source = new();
        _ = FeedAsync(source);
        return Task.FromResult<IPayloadSource>(source);
    }

    private static async Task FeedAsync(PushSource source)
    {
        for (int at = 0; at < Bundle.Length; at += 40_000)
        {
            if (!await source.WriteAsync(Bundle.AsMemory(at, Math.Min(40_000, Bundle.Length - at)), Ct))
            {
                return;
            }
        }

        source.Complete();
    }
}

public sealed class SourceReferenceTests
{
    [Fact]
    public void References_are_told_apart()
    {
        Assert.Equal(new FileReference("/var/x.bundle"), SourceReference.Parse("/var/x.bundle"));
        Assert.Equal(new FileReference("/var/x.bundle"), SourceReference.Parse("file:///var/x.bundle"));
        Assert.Equal(new UsbReference("UPDATE", ""), SourceReference.Parse("usb:UPDATE"));
        Assert.Equal(new UsbReference("UPDATE", "a/b.bundle"), SourceReference.Parse("usb:UPDATE/a/b.bundle"));
        Assert.Equal(new HttpReference(new Uri("https://x/y")), SourceReference.Parse("https://x/y"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("x.bundle")]
    [InlineData("ftp://x/y")]
    [InlineData("usb:")]
    [InlineData("usb:A/../b")]
    public void What_is_no_reference_is_refused(string text) => Assert.Throws<SourceException>(() => SourceReference.Parse(text));
}
