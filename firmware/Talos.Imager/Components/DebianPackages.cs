using Talos.Imager.Debian;

namespace Talos.Imager.Components;

/// <summary>Debian's packages of a lock, in the cache and unpacked.</summary>
/// <param name="cache">Keeps them.</param>
/// <param name="state">The lock.</param>
/// <param name="archives">Where they come from.</param>
/// <param name="refuse">Whether a package that is gone is a failure.</param>
/// <param name="progress">Gets a line a step.</param>
internal sealed class DebianPackages(ComponentCache cache, ResolvedLock state, PackageArchives archives, bool refuse, IProgress<string> progress)
{
    private readonly DebCache _debs = new(cache);
    private readonly PinResolver _resolver = new(state, cache, archives, refuse, progress);

    /// <summary>The unpacked trees of all packages of some groups, by name in the lock.</summary>
    public async Task<IReadOnlyDictionary<string, ComponentTree>> FetchAsync(IReadOnlyList<string> groups, CancellationToken ct)
    {
        await _resolver.ResolveAsync(groups, ct);
        Dictionary<string, ComponentTree> trees = [];
        foreach (LockedPackage package in state.Locked.Packages.Where(p => groups.Contains(p.Group)))
        {
            trees.Add(package.Name, new ComponentTree(package.Name, package.Version, package.Licence, await _debs.UnpackAsync(package.Package, package.Sha256, ct), package.Sha256)
            {
                Source = $"pkg:deb/debian/{package.Package}@{Uri.EscapeDataString(package.Version)}?arch={package.Architecture}&distro={package.Suite}",
                Replaces = package.Replaces,
            });
        }

        return trees;
    }

    /// <summary>How far the lock is behind the mirror.</summary>
    public async Task<LockLag> LagAsync(CancellationToken ct)
    {
        IPackageSource mirror = await archives.MirrorAsync(ct);
        return LockLag.Of(state.Locked, await mirror.IndexAsync(again: false, ct));
    }

    /// <summary>Puts the newest packages of the mirror into the lock.</summary>
    public Task UpdateAsync(CancellationToken ct) => _resolver.UpdateAsync(ct);

    /// <summary>The folder with the files of a source package.</summary>
    /// <param name="name">Debian's name.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<string> FetchSourceAsync(string name, CancellationToken ct)
    {
        LockedSource source = state.Locked.Source(name);
        string folder = FolderOf(source);
        if (IsHere(source))
        {
            return folder;
        }

        progress.Report($"fetching the source of {source.Name} {source.Version}");
        IPackageSource mirror = await archives.MirrorAsync(ct);
        string pool = $"main/{(name.StartsWith("lib", StringComparison.Ordinal) ? name[..4] : name[..1])}/{name}/";
        string? failure = await DownloadAsync(mirror, source, [.. mirror.UrisOf("pool/" + pool), .. mirror.UrisOf("pool/updates/" + pool)], ct);
        if (failure is not null && await archives.SnapshotAsync(ct) is { } snapshot)
        {
            failure = await DownloadAsync(snapshot, source, [.. snapshot.UrisOf("pool/" + pool), .. snapshot.UrisOf("pool/updates/" + pool)], ct);
        }

        if (failure is null)
        {
            return folder;
        }

        IReadOnlyList<SourceRecord> known = refuse ? [] : await mirror.SourcesAsync(name, ct);
        foreach (SourceRecord record in known)
        {
            LockedSource other = source with { Version = record.Version, Files = record.Files };
            if (await DownloadAsync(mirror, other, [record.Folder], ct) is null)
            {
                state.Substitute(source, other);
                return FolderOf(other);
            }
        }

        throw new ImagerException($"source {name} {source.Version} is gone from {mirror.Mirror}: {failure}");
    }

    private string FolderOf(LockedSource source) => Path.Combine(cache.Folder, "sources", $"{source.Name}_{string.Concat(source.Files.Values.Select(v => v[..8]))}");

    private bool IsHere(LockedSource source) => source.Files.Keys.All(f => File.Exists(Path.Combine(FolderOf(source), f)));

    private async Task<string?> DownloadAsync(IPackageSource mirror, LockedSource source, IReadOnlyList<string> folders, CancellationToken ct)
    {
        string? failure = "no archive";
        foreach (string folder in folders)
        {
            FileDownload[] files = [.. source.Files.Select(f => new FileDownload(folder + f.Key, f.Value, Path.Combine(FolderOf(source), f.Key)))];
            failure = await mirror.DownloadAsync(files, ct);
            if (failure is null)
            {
                return null;
            }
        }

        return failure;
    }
}
