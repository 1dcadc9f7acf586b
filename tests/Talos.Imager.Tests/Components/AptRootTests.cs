using Talos.Imager.Components;

namespace Talos.Imager.Tests.Components;

/// <summary>The real apt, against the mirror of this machine.</summary>
[Trait("Category", "Integration")]
public sealed class AptRootTests : IDisposable
{
    private static readonly ComponentLock Locked = ComponentLockReader.Read(Path.Combine(Repository.Folder, "firmware", "components.lock"));

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_package_of_another_release_and_architecture_is_fetched_with_the_locked_checksum()
    {
        ComponentTree tree = await Packages(mirror: null).FetchAsync(Locked.Package("libuuid1"), Ct);

        Assert.True(File.Exists(Path.Combine(tree.Directory, "usr/lib/aarch64-linux-gnu/libuuid.so.1")));
        Assert.Empty(await Packages(mirror: null, Only("libuuid1")).NewerAsync(Ct));
    }

    [Fact]
    public async Task A_version_the_mirror_does_not_have_is_refused_and_nothing_is_kept()
    {
        LockedPackage package = Locked.Package("libuuid1") with { Version = "1.0-1", Sha256 = Locks.Ones };

        ImagerException e = await Assert.ThrowsAsync<ImagerException>(() => Packages(mirror: null).FetchAsync(package, Ct));

        Assert.StartsWith("libuuid1 1.0-1 is gone from ", e.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(_folder.Path, "trees")));
    }

    [Fact]
    public async Task A_mirror_that_does_not_answer_is_named_in_one_line()
    {
        ImagerException e = await Assert.ThrowsAsync<ImagerException>(() => Packages("http://127.0.0.1:9/debian").FetchAsync(Locked.Package("libuuid1"), Ct));

        Assert.StartsWith("Debian mirror http://127.0.0.1:9/debian/: ", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', e.Message);
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static ComponentLock Only(string name) => Locked with { Packages = [Locked.Package(name)] };

    private DebianPackages Packages(string? mirror, ComponentLock? locked = null)
    {
        ComponentCache cache = new(_folder.Path);
        ComponentLock used = locked ?? Locked;
        return new DebianPackages(cache, used, async ct => await AptRoot.CreateAsync(cache, used, mirror, ct), new Lines());
    }
}
