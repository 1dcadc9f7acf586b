using Talos.Imager.Components;
using Talos.Imager.Debian;

namespace Talos.Imager.Tests.Debian;

/// <summary>What is followed when another version is taken.</summary>
[Trait("Category", "Integration")]
public sealed class ArchiveChangeTests : ArchiveTest
{
    [Fact]
    public async Task A_kernel_whose_interface_has_another_name_is_followed()
    {
        PackageRecord pinned = await Archive.PackAsync("linux-image-6.12.1-arm64", "6.12.1-1", "boot/vmlinuz-6.12.1-arm64");
        Archive.Remove(pinned);
        PackageRecord image = await Archive.PackAsync("linux-image-6.12.9+deb13-arm64", "6.12.9-1", "boot/vmlinuz-6.12.9+deb13-arm64", "security");
        PackageRecord tracks = await Archive.PackAsync("linux-image-arm64", "6.12.9-1", "usr/share/doc/x", "security", depends: "linux-image-6.12.9+deb13-arm64 (= 6.12.9-1)");
        await Archive.PublishAsync("trixie", image, tracks);

        ResolvedLock state = await ResolveAsync(Lock($"  - name: kernel\n    package: linux-image-6.12.1-arm64\n    tracks: linux-image-arm64\n    version: 6.12.1-1\n    sha256: {pinned.Sha256}\n    licence: MIT"));

        Assert.Equal("linux-image-6.12.9+deb13-arm64:arm64 6.12.9-1 stands for linux-image-6.12.1-arm64 6.12.1-1", Assert.Single(state.Substitutions));
    }

    [Theory]
    [InlineData("libfoo")]
    [InlineData("libfoo2")]
    public async Task A_library_with_another_number_is_followed_and_so_is_what_is_linked_to_it(string package)
    {
        string old = package == "libfoo" ? package : "libfoo1";
        PackageRecord library = await Archive.PackAsync(old, "1.0-1", await LibraryAsync("libfoo.so.1"));
        PackageRecord user = await Archive.PackAsync("libuser0", "1.0-1", await LibraryAsync("libuser.so.0", "libfoo.so.1"));
        string text = Lock(Pin(library, "usr/lib/aarch64-linux-gnu/libfoo.so.1"), Pin(user, "usr/lib/aarch64-linux-gnu/libuser.so.0"));
        Archive.Remove(library);
        PackageRecord newLibrary = await Archive.PackAsync(package, "2.0-1", await LibraryAsync("libfoo.so.2"));
        PackageRecord newUser = await Archive.PackAsync("libuser0", "1.0-2", await LibraryAsync("libuser.so.0", "libfoo.so.2"), depends: $"{package} (>= 2.0)");
        await Archive.PublishAsync("trixie", newLibrary, user, newUser);

        ResolvedLock state = await ResolveAsync(text);

        Assert.Equal([$"{package}:arm64 2.0-1 stands for {old} 1.0-1", "libuser0:arm64 1.0-2 stands for libuser0 1.0-1"], state.Substitutions);
        Assert.Equal("usr/lib/aarch64-linux-gnu/libfoo.so.2", Assert.Single(state.Locked.Package(old).Root).Pattern);
        Assert.Equal(state.Text, (await ResolveAsync(state.Text, cache: "other")).Text);
    }

    [Fact]
    public async Task A_library_that_is_needed_now_and_was_not_before_is_added()
    {
        PackageRecord pinned = await Archive.PackAsync("libuser0", "1.0-1", await LibraryAsync("libuser.so.0"));
        Archive.Remove(pinned);
        PackageRecord user = await Archive.PackAsync("libuser0", "1.0-2", await LibraryAsync("libuser.so.0", "libnew.so.3"), depends: "libother1, libnew3");
        PackageRecord other = await Archive.PackAsync("libother1", "1.0-1", await LibraryAsync("libother.so.1"));
        PackageRecord added = await Archive.PackAsync("libnew3", "3.0-1", await LibraryAsync("libnew.so.3"));
        await Archive.PublishAsync("trixie", user, other, added);

        ResolvedLock state = await ResolveAsync(Lock(Pin(pinned, "usr/lib/aarch64-linux-gnu/libuser.so.0")));

        Assert.Equal(
            ["libnew3:arm64 3.0-1 stands for a part of libuser0 1.0-1", "libuser0:arm64 1.0-2 stands for libuser0 1.0-1"],
            state.Substitutions.Order(StringComparer.Ordinal));
        Assert.Equal("usr/lib/aarch64-linux-gnu/libnew.so.3", Assert.Single(state.Locked.Package("libnew3").Root).Pattern);
    }

    [Fact]
    public async Task A_file_of_a_package_that_was_split_is_found_in_the_one_it_went_to()
    {
        PackageRecord pinned = await Archive.PackAsync("tools", "1.0-1", new Dictionary<string, byte[]> { ["usr/bin/a"] = [1], ["usr/bin/b"] = [2] });
        Archive.Remove(pinned);
        PackageRecord rest = await Archive.PackAsync("tools", "2.0-1", "usr/bin/a", depends: "unrelated, tools-extra (= 2.0-1)");
        PackageRecord extra = await Archive.PackAsync("tools-extra", "2.0-1", "usr/bin/b");
        PackageRecord unrelated = await Archive.PackAsync("unrelated", "1", "usr/bin/c");
        await Archive.PublishAsync("trixie", rest, extra, unrelated);

        ResolvedLock state = await ResolveAsync(Lock(Pin(pinned, "usr/bin/a, usr/bin/b => usr/bin/beta")));

        Assert.Equal([new FileRule("usr/bin/a", null)], state.Locked.Package("tools").Root);
        Assert.Equal([new FileRule("usr/bin/b", "usr/bin/beta")], state.Locked.Package("tools-extra").Root);
        Assert.Equal("tools-extra 2.0-1", await ContentAsync("usr/bin/b"));
    }

    [Fact]
    public async Task A_file_that_is_nowhere_any_more_is_named()
    {
        PackageRecord pinned = await Archive.PackAsync("tools", "1.0-1", "usr/bin/a");
        Archive.Remove(pinned);
        await Archive.PublishAsync("trixie", await Archive.PackAsync("tools", "2.0-1", "usr/bin/b"));

        ImagerException e = await Assert.ThrowsAsync<ImagerException>(() => ResolveAsync(Lock(Pin(pinned, "usr/bin/a"))));

        Assert.StartsWith("tools 2.0-1, taken for tools 1.0-1, has no usr/bin/a", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_package_that_was_renamed_is_found_by_what_it_provides()
    {
        PackageRecord pinned = await Archive.PackAsync("tool", "1.0-1", "usr/bin/tool");
        Archive.Remove(pinned);
        await Archive.PublishAsync("trixie", await Archive.PackAsync("tool-ng", "2.0-1", "usr/bin/tool", provides: "tool (= 2.0-1)"));

        ResolvedLock state = await ResolveAsync(Lock(Pin(pinned, "usr/bin/tool")));

        Assert.Equal("tool-ng:arm64 2.0-1 stands for tool 1.0-1", Assert.Single(state.Substitutions));
        Assert.Equal("tool-ng", state.Locked.Package("tool").Package);
    }

    [Fact]
    public async Task What_needs_exactly_the_version_that_is_gone_moves_with_it()
    {
        PackageRecord library = await Archive.PackAsync("libdata", "1.0-1", "usr/share/data");
        PackageRecord user = await Archive.PackAsync("user", "1.0-1", "usr/bin/user", depends: "libdata (= 1.0-1)");
        Archive.Remove(library);
        PackageRecord newLibrary = await Archive.PackAsync("libdata", "1.0-2", "usr/share/data");
        PackageRecord newUser = await Archive.PackAsync("user", "1.0-2", "usr/bin/user", depends: "libdata (= 1.0-2)");
        await Archive.PublishAsync("trixie", newLibrary, user, newUser);

        ResolvedLock state = await ResolveAsync(Lock(Pin(library, "usr/share/data"), Pin(user, "usr/bin/user")));

        Assert.Equal(["libdata:arm64 1.0-2 stands for libdata 1.0-1", "user:arm64 1.0-2 stands for user 1.0-1"], state.Substitutions);
    }

    [Fact]
    public async Task An_update_takes_the_newest_of_everything_and_says_nothing_of_what_it_stands_for()
    {
        PackageRecord library = await Archive.PackAsync("libfoo1", "1.0-1", await LibraryAsync("libfoo.so.1"));
        PackageRecord tool = await Archive.PackAsync("tool", "1.0-1", "usr/bin/tool");
        PackageRecord newLibrary = await Archive.PackAsync("libfoo2", "2.0-1", await LibraryAsync("libfoo.so.2"));
        await Archive.PublishAsync("trixie", newLibrary, tool);
        ResolvedLock state = new(Lock(Pin(library, "usr/lib/aarch64-linux-gnu/libfoo.so.1"), Pin(tool, "usr/bin/tool")));
        DebianPackages packages = Packages(state, "cache");

        LockLag lag = await packages.LagAsync(Ct);
        await packages.UpdateAsync(Ct);

        Assert.Equal("components.lock: 1 of 2 packages are behind the mirror, 1 of them are gone from its lists; `imager components update` takes the newest", lag.Summary);
        Assert.Equal(["libfoo1:arm64 1.0-1 (gone): libfoo2 2.0-1"], lag.Lines);
        Assert.Empty(state.Substitutions);
        Assert.Equal(("libfoo2", "usr/lib/aarch64-linux-gnu/libfoo.so.2"), (state.Locked.Package("libfoo1").Package, state.Locked.Package("libfoo1").Root[0].Pattern));
        Assert.Equal(tool.Path, state.Locked.Package("tool").Path);
    }
}
