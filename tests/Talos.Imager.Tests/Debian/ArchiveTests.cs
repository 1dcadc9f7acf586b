using Talos.Imager.Components;
using Talos.Imager.Debian;
using Talos.Imager.Tests.Components;

namespace Talos.Imager.Tests.Debian;

/// <summary>Where a pinned package is found, and what is taken when it is gone.</summary>
[Trait("Category", "Integration")]
public sealed class ArchiveTests : ArchiveTest
{
    [Fact]
    public async Task A_pin_that_the_mirror_has_is_used_though_there_is_a_newer_version()
    {
        PackageRecord pinned = await Archive.PackAsync("tool", "1.0-1", "usr/bin/tool");
        PackageRecord newer = await Archive.PackAsync("tool", "1.0-2", "usr/bin/tool", "security");
        await Archive.PublishAsync("trixie", pinned, newer);

        ResolvedLock state = await ResolveAsync(Lock(Pin(pinned, "usr/bin/tool")));

        Assert.Empty(state.Substitutions);
        Assert.Equal("tool 1.0-1", await ContentAsync("usr/bin/tool"));
    }

    [Fact]
    public async Task A_pin_with_its_path_is_fetched_without_reading_any_list()
    {
        PackageRecord pinned = await Archive.PackAsync("tool", "1:1.0-1", "usr/bin/tool", "security");

        ResolvedLock state = await ResolveAsync(Lock(Pin(pinned, "usr/bin/tool") + $"\n    path: {pinned.Path}"));

        Assert.Empty(state.Substitutions);
        Assert.DoesNotContain(Said.All, l => l.Contains("list", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_pin_that_the_lists_dropped_is_taken_from_the_pool()
    {
        PackageRecord pinned = await Archive.PackAsync("tool", "1:1.0-1", "usr/bin/tool");
        await Archive.PublishAsync("trixie", await Archive.PackAsync("tool", "1:1.0-2", "usr/bin/tool"));

        ResolvedLock state = await ResolveAsync(Lock(Pin(pinned, "usr/bin/tool")));

        Assert.Empty(state.Substitutions);
        Assert.Equal("tool 1:1.0-1", await ContentAsync("usr/bin/tool"));
    }

    [Theory]
    [InlineData("debian")]
    [InlineData("security")]
    public async Task For_a_pin_that_is_gone_the_newest_version_is_taken_and_the_resolved_lock_gives_the_same_again(string archive)
    {
        PackageRecord pinned = await Archive.PackAsync("tool", "1.0-1", "usr/bin/tool");
        PackageRecord older = await Archive.PackAsync("tool", "1.0-2", "usr/bin/tool");
        PackageRecord newest = await Archive.PackAsync("tool", "1.0-10", "usr/bin/tool", archive);
        Archive.Remove(pinned);
        await Archive.PublishAsync("trixie", older, newest);

        ResolvedLock state = await ResolveAsync(Lock(Pin(pinned, "usr/bin/tool")));

        Assert.Equal("tool:arm64 1.0-10 stands for tool 1.0-1", Assert.Single(state.Substitutions));
        await Archive.PublishAsync("trixie", await Archive.PackAsync("tool", "2.0-1", "usr/bin/tool"));
        ResolvedLock again = await ResolveAsync(state.Text, cache: "other");
        Assert.Equal(state.Text, again.Text);
        Assert.Equal("tool 1.0-10", await ContentAsync("usr/bin/tool", "other"));
        Assert.Equal(state.Text, (await ResolveAsync(state.Text, cache: "third", refuse: true)).Text);
    }

    [Fact]
    public async Task A_release_refuses_a_pin_that_is_gone_and_names_all_that_are()
    {
        PackageRecord tool = await Archive.PackAsync("tool", "1.0-1", "usr/bin/tool");
        PackageRecord other = await Archive.PackAsync("other", "1.0-1", "usr/bin/other");
        Archive.Remove(tool);
        Archive.Remove(other);
        await Archive.PublishAsync("trixie", await Archive.PackAsync("tool", "1.0-2", "usr/bin/tool"));

        ImagerException e = await Assert.ThrowsAsync<ImagerException>(() => ResolveAsync(Lock(Pin(tool, "usr/bin/tool"), Pin(other, "usr/bin/other")), refuse: true));

        Assert.Contains("tool 1.0-1 (it has 1.0-2); other 1.0-1 (it has none); `imager components update`", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_pin_in_the_cache_needs_no_network()
    {
        PackageRecord pinned = await Archive.PackAsync("tool", "1.0-1", "usr/bin/tool");
        await Archive.PublishAsync("trixie", pinned);
        await ResolveAsync(Lock(Pin(pinned, "usr/bin/tool")));
        await Archive.StopAsync();

        ResolvedLock state = await ResolveAsync(Lock(Pin(pinned, "usr/bin/tool")));

        Assert.Empty(state.Substitutions);
    }

    [Fact]
    public async Task Without_a_network_what_was_taken_the_last_time_is_taken_again()
    {
        PackageRecord pinned = await Archive.PackAsync("tool", "1.0-1", "usr/bin/tool");
        Archive.Remove(pinned);
        await Archive.PublishAsync("trixie", await Archive.PackAsync("tool", "1.0-2", "usr/bin/tool"));
        ResolvedLock online = await ResolveAsync(Lock(Pin(pinned, "usr/bin/tool")));
        await Archive.StopAsync();
        Directory.Delete(Path.Combine(Folder, "cache/apt"), recursive: true);

        ResolvedLock state = await ResolveAsync(Lock(Pin(pinned, "usr/bin/tool")));

        Assert.Equal(online.Text, state.Text);
        Assert.Single(state.Substitutions);
    }

    [Fact]
    public async Task Without_a_network_and_a_cache_the_mirror_is_named()
    {
        PackageRecord pinned = await Archive.PackAsync("tool", "1.0-1", "usr/bin/tool");
        await Archive.StopAsync();

        ImagerException e = await Assert.ThrowsAsync<ImagerException>(() => ResolveAsync(Lock(Pin(pinned, "usr/bin/tool"))));

        Assert.StartsWith("Debian mirror " + Archive.Sources.Mirrors.Main, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_snapshotArchive_gives_the_pin_itself()
    {
        PackageRecord pinned = await Archive.PackAsync("tool", "1.0-1", "usr/bin/tool");
        await Archive.PublishAsync("trixie", pinned);
        Archive.TakeSnapshot();
        Archive.Remove(pinned);
        await Archive.PublishAsync("trixie", await Archive.PackAsync("tool", "1.0-2", "usr/bin/tool"));

        ResolvedLock state = await ResolveAsync(Lock(Pin(pinned, "usr/bin/tool")), snapshot: true);

        Assert.Empty(state.Substitutions);
        Assert.Equal("tool 1.0-1", await ContentAsync("usr/bin/tool"));
    }

    [Fact]
    public async Task Lists_that_another_key_signed_are_not_believed()
    {
        PackageRecord pinned = await Archive.PackAsync("tool", "1.0-1", "usr/bin/tool");
        Archive.Remove(pinned);
        await Archive.KeyAsync("stranger", Ct);
        await Archive.PublishAsync("debian", "trixie", [await Archive.PackAsync("tool", "1.0-2", "usr/bin/tool")], "stranger");
        await Archive.PublishAsync("security", "trixie-security", [], "archive");

        ImagerException e = await Assert.ThrowsAsync<ImagerException>(() => ResolveAsync(Lock(Pin(pinned, "usr/bin/tool"))));

        Assert.StartsWith("Debian mirror ", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_is_not_what_the_lists_say_is_not_taken()
    {
        PackageRecord pinned = await Archive.PackAsync("tool", "1.0-1", "usr/bin/tool");
        Archive.Remove(pinned);
        PackageRecord good = await Archive.PackAsync("tool", "1.0-2", "usr/bin/tool");
        PackageRecord forged = await Archive.PackAsync("tool", "1.0-3", "usr/bin/tool");
        await Archive.PublishAsync("trixie", good, forged);
        await Archive.PackAsync("tool", "1.0-3", "usr/bin/other");

        ResolvedLock state = await ResolveAsync(Lock(Pin(pinned, "usr/bin/tool")));

        Assert.Equal("tool:arm64 1.0-2 stands for tool 1.0-1", Assert.Single(state.Substitutions));
    }

    [Fact]
    public async Task Of_lists_that_are_newer_than_the_pool_the_next_version_is_taken()
    {
        PackageRecord pinned = await Archive.PackAsync("tool", "1.0-1", "usr/bin/tool");
        PackageRecord there = await Archive.PackAsync("tool", "1.0-2", "usr/bin/tool");
        PackageRecord listed = await Archive.PackAsync("tool", "1.0-3", "usr/bin/tool", "security");
        Archive.Remove(pinned);
        Archive.Remove(listed);
        await Archive.PublishAsync("trixie", there, listed);

        ResolvedLock state = await ResolveAsync(Lock(Pin(pinned, "usr/bin/tool")));

        Assert.Equal("tool:arm64 1.0-2 stands for tool 1.0-1", Assert.Single(state.Substitutions));
    }

    [Fact]
    public async Task A_mirror_that_is_being_filled_is_asked_again()
    {
        PackageRecord pinned = await Archive.PackAsync("tool", "1.0-1", "usr/bin/tool");
        PackageRecord newer = await Archive.PackAsync("tool", "1.0-2", "usr/bin/tool");
        Archive.Remove(pinned);
        await Archive.PublishAsync("trixie", newer);
        string list = Archive.PathOf("debian", "dists/trixie/main/binary-arm64/Packages");
        string right = await File.ReadAllTextAsync(list, Ct);
        await File.WriteAllTextAsync(list, right + "\n", Ct);
        int asked = 0;
        Archive.OnRequest = path =>
        {
            if (path.EndsWith("dists/trixie/InRelease", StringComparison.Ordinal) && ++asked == 2)
            {
                File.WriteAllText(list, right);
            }
        };

        ResolvedLock state = await ResolveAsync(Lock(Pin(pinned, "usr/bin/tool")));

        Assert.Single(state.Substitutions);
        Assert.Contains(Said.All, l => l.Contains("is being filled", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_download_that_was_interrupted_goes_on_where_it_was()
    {
        byte[] content = [.. Enumerable.Range(0, 1 << 18).Select(i => (byte)(i * 7 % 251 ^ i >> 8))];
        PackageRecord pinned = await Archive.PackAsync("tool", "1.0-1", new Dictionary<string, byte[]> { ["usr/bin/tool"] = content });
        await Archive.PublishAsync("trixie", pinned);
        string text = Lock(Pin(pinned, "usr/bin/tool"));
        string file = Archive.PathOf("debian", pinned.Path);
        FileDownload download = new(file, pinned.Sha256, new DebCache(new ComponentCache(Path.Combine(Folder, "cache"))).FileOf("tool", pinned.Sha256));
        Directory.CreateDirectory(Path.GetDirectoryName(download.Target)!);
        await File.WriteAllBytesAsync(DownloadProgress.Partial(download), (await File.ReadAllBytesAsync(file, Ct))[..1000], Ct);
        File.SetLastWriteTimeUtc(DownloadProgress.Partial(download), File.GetLastWriteTimeUtc(file));

        await ResolveAsync(text);

        Assert.Equal($"debian/{pinned.Path} bytes=1000-", Assert.Single(Archive.Requests));
    }

    [Fact]
    public async Task For_a_source_package_that_is_gone_the_newest_one_is_taken()
    {
        LockedSource pinned = await Archive.SourceAsync("kubernetes", "1.20.2-1");
        string text = LockEditor.SetSource(Locks.Text, pinned);
        await Archive.PublishAsync("trixie", []);
        ResolvedLock state = new(text);
        string first = await Packages(state, "cache").FetchSourceAsync("kubernetes", Ct);
        Directory.Delete(Archive.PathOf("debian", "pool/main/k"), recursive: true);
        await Archive.SourceAsync("kubernetes", "1.20.2-2");
        await Archive.PublishAsync("debian", "bookworm", [], "archive");
        await Archive.PublishAsync("security", "bookworm-security", [], "archive");

        ResolvedLock later = new(text);
        string second = await Packages(later, "other").FetchSourceAsync("kubernetes", Ct);

        Assert.Empty(state.Substitutions);
        Assert.True(File.Exists(Path.Combine(first, "kubernetes_1.20.2-1.dsc")));
        Assert.True(File.Exists(Path.Combine(second, "kubernetes_1.20.2-2.dsc")));
        Assert.Equal("source kubernetes 1.20.2-2 stands for 1.20.2-1", Assert.Single(later.Substitutions));
    }
}
