using Microsoft.Extensions.Logging.Abstractions;
using Talos.Containers.Controllers;
using Talos.Containers.Images;
using Talos.Containers.Tests.Images;
using Talos.Resources.Cri;
using Talos.Resources.Runtime;
using Talos.Testing;

namespace Talos.Containers.Tests.Controllers;

public sealed class ImagePreloadControllerTests : IDisposable
{
    private readonly FakeImageStore _store = new();
    private readonly FakeRuntimeFiles _files = new();
    private readonly JumpingTimeProvider _time = new();
    private readonly List<TemporaryFile> _archives = [];
    private readonly ControllerFixture _node;

    public ImagePreloadControllerTests() => _node = new ControllerFixture(new ImagePreloadController(
        _files, new ImageImporter(_store, "arm64"), _time, NullLogger<ImagePreloadController>.Instance));

    [Fact]
    public async Task Nothing_is_imported_before_the_runtime_is_healthy()
    {
        GivenArchive("localhost/app:1");
        _node.Given("cri", new ServiceStatus { Running = true });

        await _node.SettleAsync();

        Assert.Empty(_store.Images);
        Assert.Empty(_node.List<ImagePreloadStatus>());
    }

    [Fact]
    public async Task A_damaged_archive_is_reported_and_the_others_are_imported()
    {
        GivenArchive("localhost/one:1");
        GivenFile("rubbish"u8.ToArray());
        GivenArchive("localhost/two:1");
        _node.Given("cri", new ServiceStatus { Running = true, Healthy = true });

        await _node.SettleAsync();

        Assert.Equal(["localhost/one:1", "localhost/two:1"], _store.Images.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(
            new ImagePreloadStatus { Finished = true, Images = 2, FailedArchives = 1 },
            _node.Find<ImagePreloadStatus>(ImagePreloadStatus.Id)?.Spec);
        Assert.Contains(_node.List<PreloadedArchiveStatus>(), s => s.Spec.Problem.Contains("not a tar file", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public async Task A_clock_that_is_set_by_20_years_neither_hastens_nor_delays_the_next_look(int direction)
    {
        GivenArchive("localhost/app:1");
        _node.Given("cri", new ServiceStatus { Running = true, Healthy = true });
        await _node.SettleAsync();
        _store.Images.Clear();

        _time.Jump(JumpingTimeProvider.TwentyYears * direction);
        await _node.SettleAsync();
        Assert.Empty(_store.Images);

        _time.Advance(ImagePreloadController.Interval);
        await _node.SettleAsync();
        Assert.NotEmpty(_store.Images);
    }

    [Fact]
    public async Task An_image_that_was_removed_comes_back()
    {
        GivenArchive("localhost/app:1");
        _node.Given("cri", new ServiceStatus { Running = true, Healthy = true });
        await _node.SettleAsync();
        _store.Images.Clear();

        await _node.SettleAsync();
        Assert.Empty(_store.Images);
        Assert.Equal(ImagePreloadController.Interval, _node.RequeueDelay);
        _time.Advance(ImagePreloadController.Interval);
        await _node.SettleAsync();

        Assert.Single(_store.Images);
    }

    public void Dispose() => _archives.ForEach(a => a.Dispose());

    private void GivenArchive(string name)
    {
        TestArchive archive = new();
        archive.AddImage(name);
        GivenFile(archive.ToBytes());
    }

    private void GivenFile(byte[] content)
    {
        TemporaryFile file = new(content);
        _archives.Add(file);
        _files.ImageArchives.Add(file.Path);
    }
}
