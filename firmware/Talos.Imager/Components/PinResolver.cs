using System.Security.Cryptography;
using System.Text;
using Talos.Imager.Debian;

namespace Talos.Imager.Components;

/// <summary>Brings the packages that a lock pins into the cache, and others for those that are gone.</summary>
/// <remarks>
/// In this order: the cache, the mirror, its pool (which keeps files after the lists dropped them), the snapshot archive,
/// and then the newest version of the same suite and its security archive.
/// </remarks>
/// <param name="state">The lock; says afterwards what was taken.</param>
/// <param name="cache">Keeps the packages, and what was taken the last time.</param>
/// <param name="archives">Where they come from.</param>
/// <param name="refuse">Whether a package that is gone is a failure.</param>
/// <param name="progress">Gets a line a step.</param>
internal sealed class PinResolver(ResolvedLock state, ComponentCache cache, PackageArchives archives, bool refuse, IProgress<string> progress)
{
    private const int KeyLength = 16;

    private readonly DebCache _debs = new(cache);

    /// <summary>Brings the packages of these groups into the cache.</summary>
    /// <exception cref="ImagerException">A package cannot be had, nor one instead of it.</exception>
    public async Task ResolveAsync(IReadOnlyList<string> groups, CancellationToken ct)
    {
        if (Missing(groups).Count == 0)
        {
            return;
        }

        string before = state.Text;
        string remembered = Path.Combine(cache.Folder, "resolved", $"{Key(before)}-{string.Join('-', groups)}.lock");
        try
        {
            await FetchAsync(groups, ct);
        }
        catch (ImagerException e) when (!refuse && File.Exists(remembered))
        {
            state.Replace(await File.ReadAllTextAsync(remembered, ct));
            if (Missing(groups).Count > 0)
            {
                throw;
            }

            progress.Report($"{e.Message}; what was taken the last time is in the cache and is taken again");
            return;
        }

        if (state.Text != before)
        {
            await ComponentCache.FileAsync(remembered, partial => File.WriteAllTextAsync(partial, state.Text, ct));
        }
    }

    /// <summary>Takes the newest versions of all packages of the lock, and follows what changes with them.</summary>
    public async Task UpdateAsync(CancellationToken ct)
    {
        IPackageSource mirror = await archives.MirrorAsync(ct);
        PackageIndex index = await mirror.IndexAsync(again: false, ct);
        foreach (LockedPackage package in state.Locked.Packages)
        {
            PackageRecord newest = Successors.Best(package, index)
                ?? throw new ImagerException($"{package.Package}: {mirror.Mirror} has it no more in {package.Suite}, nor a package that provides it; name another one in components.lock");
            PackageState found = PackageState.Of(newest);
            if (found != PackageState.Of(package))
            {
                state.Take(package.Name, found);
            }
        }

        string[] changed = [.. state.Changed];
        await DownloadAsync(mirror, [.. state.Locked.Packages.Where(p => changed.Contains(p.Name) && !_debs.Has(p)).Select(p => (p, mirror.UrisOf(p.Path)))], ct);
        await new RootRepair(state, _debs, mirror, index, DownloadAsync, marks: false).RunAsync([.. changed], ct);
    }

    private async Task FetchAsync(IReadOnlyList<string> groups, CancellationToken ct)
    {
        IPackageSource mirror = await archives.MirrorAsync(ct);
        List<LockedPackage> missing = Missing(groups);
        progress.Report($"fetching {missing.Count} packages from {mirror.Mirror}");
        await DownloadAsync(mirror, [.. missing.Where(p => p.Path.Length > 0).Select(p => (p, mirror.UrisOf(p.Path)))], ct);
        if (Missing(groups).Count == 0)
        {
            return;
        }

        (PackageIndex? index, ImagerException? silence) = await ListedAsync(mirror, groups, ct);
        await SnapshotAsync(groups, ct);
        missing = Missing(groups);
        if (missing.Count > 0)
        {
            await SubstituteAsync(missing, mirror, refuse || index is null ? throw silence ?? Gone(missing, mirror, index) : index, ct);
        }
    }

    // What the lists name, and what they dropped a short time ago.
    private async Task<(PackageIndex? Index, ImagerException? Silence)> ListedAsync(IPackageSource mirror, IReadOnlyList<string> groups, CancellationToken ct)
    {
        try
        {
            PackageIndex index = await mirror.IndexAsync(again: false, ct);
            await DownloadAsync(mirror, Known(Missing(groups), index, mirror), ct);
            return (index, null);
        }
        catch (ImagerException e)
        {
            return (null, e);
        }
    }

    // What the snapshot archive had at the time of the lock.
    private async Task SnapshotAsync(IReadOnlyList<string> groups, CancellationToken ct)
    {
        if (Missing(groups).Count == 0 || await archives.SnapshotAsync(ct) is not { } snapshot)
        {
            return;
        }

        await DownloadAsync(snapshot, [.. Missing(groups).Where(p => p.Path.Length > 0).Select(p => (p, snapshot.UrisOf(p.Path)))], ct);
        if (Missing(groups).Count == 0)
        {
            return;
        }

        try
        {
            PackageIndex then = await snapshot.IndexAsync(again: false, ct);
            await DownloadAsync(snapshot, Known(Missing(groups), then, snapshot), ct);
        }
        catch (ImagerException e)
        {
            progress.Report($"snapshot archive: {e.Message}");
        }
    }

    private async Task SubstituteAsync(List<LockedPackage> gone, IPackageSource mirror, PackageIndex index, CancellationToken ct)
    {
        progress.Report($"{gone.Count} pinned packages are gone from {mirror.Mirror}; the newest versions are taken instead");
        List<string> names = [];
        await DownloadAsync(mirror, [.. gone.Select(p => (Pin: p, Record: Successors.Best(p, index))).Where(p => p.Record is not null)
            .Select(p => (With(p.Pin, p.Record!), (IEnumerable<string>)[p.Record!.Uri]))], ct);
        foreach (LockedPackage pin in gone)
        {
            PackageRecord? taken = await FirstAsync(pin, index, mirror, ct);
            if (taken is null)
            {
                // Lists that are newer than the pool: an update may have fetched what they name meanwhile.
                index = await mirror.IndexAsync(again: true, ct);
                taken = await FirstAsync(pin, index, mirror, ct) ?? throw Gone([pin], mirror, index);
            }

            state.Substitute(pin, PackageState.Of(taken));
            names.Add(pin.Name);
        }

        await new RootRepair(state, _debs, mirror, index, DownloadAsync, marks: true).RunAsync(names, ct);
    }

    private async Task<PackageRecord?> FirstAsync(LockedPackage pin, PackageIndex index, IPackageSource mirror, CancellationToken ct)
    {
        foreach (PackageRecord record in Successors.Of(pin, index))
        {
            LockedPackage other = With(pin, record);
            if (_debs.Has(other) || await DownloadAsync(mirror, [(other, [record.Uri])], ct))
            {
                return record;
            }
        }

        return null;
    }

    /// <summary>Downloads what is missing, from the first address that has it; whether all is here then.</summary>
    private async Task<bool> DownloadAsync(IPackageSource source, IReadOnlyList<(LockedPackage Package, IEnumerable<string> Uris)> wanted, CancellationToken ct)
    {
        List<(LockedPackage Package, Queue<string> Uris)> left = [.. wanted.Select(w => (w.Package, new Queue<string>(w.Uris)))];
        while (true)
        {
            left.RemoveAll(l => _debs.Has(l.Package) || l.Uris.Count == 0);
            if (left.Count == 0)
            {
                return wanted.All(w => _debs.Has(w.Package));
            }

            FileDownload[] files = [.. left.Select(l => new FileDownload(l.Uris.Dequeue(), l.Package.Sha256, _debs.FileOf(l.Package.Package, l.Package.Sha256))).DistinctBy(f => f.Target)];
            await source.DownloadAsync(files, ct);
        }
    }

    private static List<(LockedPackage Package, IEnumerable<string> Uris)> Known(List<LockedPackage> missing, PackageIndex index, IPackageSource source)
    {
        List<(LockedPackage, IEnumerable<string>)> known = [];
        foreach (LockedPackage pin in missing)
        {
            IReadOnlyList<PackageRecord> versions = index.Versions(pin.Package, pin.Architecture, pin.Suite);
            known.Add((pin, versions.FirstOrDefault(v => v.Sha256 == pin.Sha256) is { } exact
                ? [exact.Uri]
                : versions.Select(v => InPool(pin, v)).Distinct().Take(2).SelectMany(source.UrisOf)));
        }

        return known;
    }

    // Versions of one package lie side by side; the epoch is no part of a file's name.
    private static string InPool(LockedPackage pin, PackageRecord other) =>
        $"{other.Path[..(other.Path.LastIndexOf('/') + 1)]}{pin.Package}_{pin.Version[(pin.Version.IndexOf(':', StringComparison.Ordinal) + 1)..]}_{pin.Architecture}.deb";

    private static LockedPackage With(LockedPackage pin, PackageRecord record) =>
        pin with { Package = record.Package, Version = record.Version, Sha256 = record.Sha256, Path = record.Path };

    private List<LockedPackage> Missing(IReadOnlyList<string> groups) => [.. state.Locked.Packages.Where(p => groups.Contains(p.Group) && !_debs.Has(p))];

    private static ImagerException Gone(List<LockedPackage> missing, IPackageSource mirror, PackageIndex? index)
    {
        IEnumerable<string> each = missing.Select(p =>
        {
            string[] versions = [.. (index?.Versions(p.Package, p.Architecture, p.Suite) ?? []).Select(v => v.Version)];
            return $"{p.Package} {p.Version} (it has {(versions.Length == 0 ? "none" : string.Join(", ", versions))})";
        });
        return new ImagerException($"gone from {mirror.Mirror}: {string.Join("; ", each)}; `imager components update` puts the mirror's versions into components.lock, "
            + $"or set {PackageArchives.SnapshotVariable} to a service that keeps old states of the archive");
    }

    private static string Key(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..KeyLength];
}
