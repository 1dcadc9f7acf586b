using Talos.Imager.Components;

namespace Talos.Imager.Tests.Components;

/// <summary>The real apt, against the mirror of this machine.</summary>
[Trait("Category", "Integration")]
public sealed class AptRootTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Lines _lines = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_package_of_another_release_and_architecture_is_fetched_with_the_locked_checksum()
    {
        ComponentLock locked = ComponentLockReader.Read(Path.Combine(Repository.Folder, "firmware", "components.lock"));
        string text = LockEditor.SetPackages(Locks.Text, new Dictionary<string, PackageState>
        {
            ["runc"] = PackageState.Of(locked.Package("libuuid1")),
            ["kernel"] = PackageState.Of(locked.Package("libcom-err2")),
        }).Replace("runc\n    package", "libuuid1\n    package", StringComparison.Ordinal).Replace("[usr/sbin/runc => usr/bin/runc]", "[usr/lib/aarch64-linux-gnu/libuuid.so.1]", StringComparison.Ordinal);
        ResolvedLock state = new(text);
        ComponentCache cache = new(_folder.Path);
        CancellationToken ct = TestContext.Current.CancellationToken;

        IReadOnlyDictionary<string, ComponentTree> trees = await new DebianPackages(cache, state, PackageArchives.Of(cache, state.Locked, _lines), refuse: false, _lines)
            .FetchAsync([LockedPackage.NodeGroup], ct);

        Assert.All(trees.Values, t => Assert.True(Directory.Exists(Path.Combine(t.Directory, "usr/lib/aarch64-linux-gnu"))));
    }
}
