using System.Security.Cryptography;
using Talos.Imager.Components;
using Talos.Imager.Tools;

namespace Talos.Imager.Tests.Components;

public sealed class DebianPackagesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly FakeMirror _mirror = new();
    private readonly Lines _progress = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_package_is_fetched_once_checked_and_unpacked()
    {
        LockedPackage package = await GivenAsync("runc");

        ComponentTree first = await Packages().FetchAsync(package, Ct);
        ComponentTree second = await Packages().FetchAsync(package, Ct);

        Assert.Equal("program", await File.ReadAllTextAsync(Path.Combine(first.Directory, "usr/sbin/runc"), Ct));
        Assert.Equal(first, second);
        Assert.Equal(1, _mirror.Downloads);
        Assert.Equal("pkg:deb/debian/runc@1.0?arch=all&distro=trixie", first.Source);
    }

    [Fact]
    public async Task A_package_with_another_checksum_is_refused_and_not_kept()
    {
        LockedPackage package = await GivenAsync("runc") with { Sha256 = Locks.Ones };

        ImagerException e = await Assert.ThrowsAsync<ImagerException>(() => Packages().FetchAsync(package, Ct));

        Assert.Matches("^runc_1.0_all.deb: SHA-256 is [0-9a-f]{64}, components.lock has 1{64}$", e.Message);
        Assert.Empty(Directory.EnumerateFiles(_folder.Path, "*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task An_unreachable_mirror_leaves_nothing_behind()
    {
        LockedPackage package = await GivenAsync("runc");
        _mirror.Failure = new ImagerException("Debian mirror http://m.example/: Could not connect");

        ImagerException e = await Assert.ThrowsAsync<ImagerException>(() => Packages().FetchAsync(package, Ct));

        Assert.Equal("Debian mirror http://m.example/: Could not connect", e.Message);
        Assert.Empty(Directory.EnumerateFiles(_folder.Path, "*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task Newer_packages_are_those_that_differ_from_the_lock()
    {
        _mirror.Newest["kernel"] = new PackageState("linux-image-6.12.2-arm64", "6.12.2-1", Locks.Ones);

        IReadOnlyDictionary<string, PackageState> newer = await Packages().NewerAsync(Ct);

        Assert.Equal(["kernel"], newer.Keys);
    }

    [Fact]
    public void A_version_the_mirror_has_no_more_is_named_with_what_to_do()
    {
        ImagerException? gone = AptRoot.Gone(Locks.Small.Package("runc"), "runc | 1.1.15-3 | http://m.example trixie/main arm64 Packages\n", "http://m.example/");

        Assert.Equal(
            "runc 1.1.15-2 is gone from http://m.example/ (it has 1.1.15-3); `imager components update` puts the mirror's versions into components.lock, or set TALOS_DEBIAN_MIRROR to an archive that has it",
            gone?.Message);
        Assert.Null(AptRoot.Gone(Locks.Small.Package("runc"), "runc | 1.1.15-2 | http://m.example trixie/main arm64 Packages\n", "http://m.example/"));
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private DebianPackages Packages() => new(new ComponentCache(_folder.Path), Locks.Small, _ => Task.FromResult<IPackageSource>(_mirror), _progress);

    private async Task<LockedPackage> GivenAsync(string name)
    {
        using TemporaryFolder build = new();
        build.Write($"tree/usr/sbin/{name}", "program");
        build.Write("tree/DEBIAN/control", $"Package: {name}\nVersion: 1.0\nArchitecture: all\nMaintainer: nobody\nDescription: test\n");
        string deb = Path.Combine(build.Path, "x.deb");
        await Tool.RunAsync("dpkg-deb", ["-b", "--root-owner-group", Path.Combine(build.Path, "tree"), deb], ct: Ct);
        byte[] content = await File.ReadAllBytesAsync(deb, Ct);
        _mirror.Files[name] = content;
        return new LockedPackage
        {
            Name = name,
            Package = name,
            Version = "1.0",
            Architecture = "all",
            Suite = "trixie",
            Sha256 = Convert.ToHexStringLower(SHA256.HashData(content)),
            Licence = "Apache-2.0",
        };
    }

    private sealed class FakeMirror : IPackageSource
    {
        public Dictionary<string, byte[]> Files { get; } = [];

        public Dictionary<string, PackageState> Newest { get; } = [];

        public ImagerException? Failure { get; set; }

        public int Downloads { get; private set; }

        public string Mirror => "http://m.example/";

        public Task UpdateAsync(CancellationToken ct) => Failure is null ? Task.CompletedTask : Task.FromException(Failure);

        public Task DownloadAsync(LockedPackage package, string folder, CancellationToken ct)
        {
            Downloads++;
            string file = $"{package.Package}_{package.Version}_{package.Architecture}.deb";
            return File.WriteAllBytesAsync(Path.Combine(folder, file), Files[package.Package], ct);
        }

        public Task DownloadSourceAsync(LockedSource source, string folder, CancellationToken ct) => Task.CompletedTask;

        public Task<PackageState> NewestAsync(LockedPackage package, CancellationToken ct) =>
            Task.FromResult(Newest.GetValueOrDefault(package.Name) ?? new PackageState(package.Package, package.Version, package.Sha256));
    }
}
