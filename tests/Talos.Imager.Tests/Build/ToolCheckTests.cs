using Talos.Imager.Build;
using Talos.Imager.Components;
using Talos.Imager.Tests.Components;

namespace Talos.Imager.Tests.Build;

public sealed class ToolCheckTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Substituted_tools_that_give_the_same_bytes_are_said_to_do_so()
    {
        ResolvedLock state = new(Locks.Text);
        state.Set("tools", "referenceRoot", await ReferenceAsync("pinned", ""));
        Substitute(state);
        string before = state.Text;

        string? said = await ToolCheck.RunAsync(Cache, Components("other", "", state), state, Ct);

        Assert.Equal("libzstd1 1.5.8-1: a reference root packs to the same bytes, so deltas from earlier images stay small", said);
        Assert.Equal(before, state.Text);
    }

    [Fact]
    public async Task Substituted_tools_that_give_other_bytes_start_deltas_anew_and_the_resolved_lock_knows_them()
    {
        ResolvedLock state = new(Locks.Text);
        state.Set("tools", "referenceRoot", await ReferenceAsync("pinned", ""));
        Substitute(state);

        string? said = await ToolCheck.RunAsync(Cache, Components("other", "x", state), state, Ct);

        Assert.Equal("libzstd1 1.5.8-1: a reference root packs to other bytes than with the pinned tools: deltas from earlier images start anew, the first update fetches the whole root", said);
        Assert.Equal(await ReferenceAsync("again", "x"), state.Locked.ReferenceRoot);
        Assert.Equal("libzstd1 1.5.8-1: a reference root packs to the same bytes, so deltas from earlier images stay small", await ToolCheck.RunAsync(Cache, Components("other", "x", state), state, Ct));
    }

    [Fact]
    public async Task Pinned_tools_that_give_the_pinned_bytes_are_nothing_to_speak_of()
    {
        ResolvedLock state = new(Locks.Text);
        state.Set("tools", "referenceRoot", await ReferenceAsync("pinned", ""));

        Assert.Null(await ToolCheck.RunAsync(Cache, Components("pinned", "", state), state, Ct));
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private ComponentCache Cache => new(Path.Combine(_folder.Path, "cache"));

    private static void Substitute(ResolvedLock state)
    {
        LockedPackage pin = state.Locked.Package("runc") with { Name = "zstd", Package = "libzstd1", Group = LockedPackage.ImageGroup, Root = [new FileRule("x", null)] };
        state.Add(pin, "runc");
        state.Substitute(pin, new PackageState("libzstd1", "1.5.8-1", Locks.Ones));
    }

    private async Task<string> ReferenceAsync(string name, string salt) => await Imager.Rootfs.ReferenceRoot.PackAsync(Cache, Tools(name, salt), Ct);

    private ComponentSet Components(string name, string salt, ResolvedLock state) =>
        new(state.Locked, new Dictionary<string, ComponentTree>(), []) { Tools = Tools(name, salt) };

    // A tool that writes what it is given, and something of its own behind it; the loader is what is started.
    private ComponentTree[] Tools(string name, string salt)
    {
        string loader = _folder.Write($"{name}/usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2", $"#!/bin/sh\n{{ cat; printf '%s' '{salt}'; }} > \"$6\"\n");
        File.SetUnixFileMode(loader, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        _folder.Write($"{name}/usr/bin/mksquashfs", "");
        return [new ComponentTree(name, "1", "MIT", Path.Combine(_folder.Path, name), name.PadRight(64, '0'))];
    }
}
