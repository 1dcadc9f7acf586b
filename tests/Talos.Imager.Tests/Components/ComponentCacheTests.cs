using Talos.Imager.Components;

namespace Talos.Imager.Tests.Components;

public sealed class ComponentCacheTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ComponentCache _cache;

    public ComponentCacheTests() => _cache = new ComponentCache(_folder.Path);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_folder_is_filled_once()
    {
        int fills = 0;
        Task Fill(string folder)
        {
            fills++;
            return File.WriteAllTextAsync(Path.Combine(folder, "file"), "content");
        }

        string first = await _cache.FolderAsync("trees/runc", Fill);
        string second = await _cache.FolderAsync("trees/runc", Fill);

        Assert.Equal(first, second);
        Assert.Equal(1, fills);
        Assert.Equal("content", await File.ReadAllTextAsync(Path.Combine(first, "file"), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task What_fails_half_way_leaves_nothing_behind()
    {
        await Assert.ThrowsAsync<IOException>(() => _cache.FolderAsync("trees/runc", folder =>
        {
            File.WriteAllText(Path.Combine(folder, "file"), "half");
            throw new IOException("No space left on device");
        }));
        await Assert.ThrowsAsync<IOException>(() => ComponentCache.FileAsync(Path.Combine(_folder.Path, "debs", "runc.deb"), path =>
        {
            File.WriteAllText(path, "half");
            throw new IOException("No space left on device");
        }));

        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(_folder.Path, "trees")));
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(_folder.Path, "debs")));
    }

    [Fact]
    public async Task The_cache_has_one_user_at_a_time()
    {
        IDisposable held = await _cache.LockAsync(TestContext.Current.CancellationToken);
        Task<IDisposable> waiting = _cache.LockAsync(TestContext.Current.CancellationToken);

        Assert.False(waiting.IsCompleted);
        held.Dispose();

        (await waiting).Dispose();
    }
}
