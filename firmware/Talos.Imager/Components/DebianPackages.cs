using Talos.Imager.Tools;

namespace Talos.Imager.Components;

/// <summary>Fetches Debian packages, checks them against the lock and unpacks them into the cache.</summary>
internal sealed class DebianPackages(ComponentCache cache, ComponentLock locked, Func<CancellationToken, Task<IPackageSource>> openSource, IProgress<string> progress)
{
    private const int KeyLength = 16;

    private IPackageSource? _opened;

    /// <summary>The unpacked tree of a package.</summary>
    public async Task<ComponentTree> FetchAsync(LockedPackage package, CancellationToken ct)
    {
        string folder = await cache.FolderAsync(TreeOf(package), async tree =>
        {
            string deb = await DownloadAsync(package, ct);
            await Tool.RunAsync("dpkg-deb", ["-x", deb, tree], ct: ct);
        });

        return new ComponentTree(package.Name, package.Version, package.Licence, folder, package.Sha256)
        {
            Source = $"pkg:deb/debian/{package.Package}@{Uri.EscapeDataString(package.Version)}?arch={package.Architecture}&distro={package.Suite}",
        };
    }

    /// <summary>The folder with the files of a source package.</summary>
    public Task<string> FetchAsync(LockedSource source, CancellationToken ct)
    {
        string key = string.Concat(source.Files.Values.Select(v => v[..8]));
        return cache.FolderAsync($"sources/{source.Name}_{key}", async folder =>
        {
            progress.Report($"fetching the source of {source.Name} {source.Version}");
            IPackageSource mirror = await OpenAsync(ct);
            await mirror.DownloadSourceAsync(source, folder, ct);
            foreach ((string name, string sha256) in source.Files)
            {
                await CheckAsync(Path.Combine(folder, name), sha256, ct);
            }
        });
    }

    /// <summary>The newest states of the packages on the mirror, those that differ from the lock.</summary>
    public async Task<IReadOnlyDictionary<string, PackageState>> NewerAsync(CancellationToken ct)
    {
        IPackageSource mirror = await OpenAsync(ct);
        Dictionary<string, PackageState> newer = [];
        foreach (LockedPackage package in locked.Packages)
        {
            PackageState state = await mirror.NewestAsync(package, ct);
            if (state != new PackageState(package.Package, package.Version, package.Sha256))
            {
                newer.Add(package.Name, state);
            }
        }

        return newer;
    }

    private async Task<string> DownloadAsync(LockedPackage package, CancellationToken ct)
    {
        // Debian's file names escape the epoch's colon; ours is only ever read by us.
        string deb = Path.Combine(cache.Folder, "debs", $"{package.Package}_{package.Sha256[..KeyLength]}.deb");
        if (!File.Exists(deb))
        {
            progress.Report($"fetching {package.Package} {package.Version}");
            IPackageSource mirror = await OpenAsync(ct);
            await ComponentCache.FileAsync(deb, partial => DownloadAsync(mirror, package, partial, ct));
        }

        return deb;
    }

    private static async Task DownloadAsync(IPackageSource mirror, LockedPackage package, string target, CancellationToken ct)
    {
        string folder = target + ".d";
        try
        {
            Directory.CreateDirectory(folder);
            await mirror.DownloadAsync(package, folder, ct);
            string file = Directory.EnumerateFiles(folder, "*.deb").Single();
            await CheckAsync(file, package.Sha256, ct);
            File.Move(file, target);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private async Task<IPackageSource> OpenAsync(CancellationToken ct)
    {
        if (_opened is null)
        {
            IPackageSource source = await openSource(ct);
            progress.Report($"reading the package lists of {source.Mirror}");
            await source.UpdateAsync(ct);
            _opened = source;
        }

        return _opened;
    }

    private static async Task CheckAsync(string file, string expected, CancellationToken ct)
    {
        string actual = File.Exists(file)
            ? await ComponentCache.Sha256Async(file, ct)
            : throw new ImagerException($"{Path.GetFileName(file)}: named in components.lock and not on the mirror");
        if (actual != expected)
        {
            throw new ImagerException($"{Path.GetFileName(file)}: SHA-256 is {actual}, components.lock has {expected}");
        }
    }

    private static string TreeOf(LockedPackage package) => $"trees/{package.Package}_{package.Sha256[..KeyLength]}";
}
