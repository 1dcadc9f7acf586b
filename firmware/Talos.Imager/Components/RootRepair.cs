using Talos.Imager.Debian;
using Talos.Imager.Elf;

namespace Talos.Imager.Components;

/// <summary>Makes the root whole again after packages were replaced: renumbered libraries, files that moved to another package, and what those need.</summary>
/// <param name="state">The lock with the packages that were taken.</param>
/// <param name="debs">Holds them.</param>
/// <param name="mirror">Has further ones.</param>
/// <param name="index">What it has.</param>
/// <param name="download">Brings packages into <paramref name="debs"/>.</param>
/// <param name="marks">Whether what is taken is marked as standing for something else.</param>
internal sealed class RootRepair(
    ResolvedLock state,
    DebCache debs,
    IPackageSource mirror,
    PackageIndex index,
    Func<IPackageSource, IReadOnlyList<(LockedPackage Package, IEnumerable<string> Uris)>, CancellationToken, Task<bool>> download,
    bool marks)
{
    private const int Rounds = 20;
    private const string Libraries = "usr/lib/aarch64-linux-gnu/";

    private static readonly string[] LibraryFolders = [Libraries, "lib/aarch64-linux-gnu/", "usr/lib/"];

    private readonly HashSet<string> _moved = [];

    /// <summary>Follows the changes until nothing is missing any more.</summary>
    /// <param name="names">Components that are not as the lock pins them.</param>
    /// <param name="ct">Cancels.</param>
    /// <exception cref="ImagerException">A file of the root is nowhere.</exception>
    public async Task RunAsync(IReadOnlyList<string> names, CancellationToken ct)
    {
        _moved.UnionWith(names);
        for (int round = 0; round < Rounds; round++)
        {
            bool changed = false;
            foreach (LockedPackage package in state.Locked.Packages.Where(p => _moved.Contains(p.Name)))
            {
                changed |= await FilesAsync(package, ct);
            }

            if (!changed && !await VersionsAsync(ct) && !await LibrariesAsync(ct))
            {
                return;
            }
        }
    }

    // Every file that a rule names has to be in the package, or in one it depends on.
    private async Task<bool> FilesAsync(LockedPackage package, CancellationToken ct)
    {
        bool changed = false;
        string tree = await debs.UnpackAsync(package.Package, package.Sha256, ct);
        foreach (FileRule rule in package.Root.Where(r => !Matches(tree, r)))
        {
            if (Sonames.Follow(rule, Names(tree, rule)) is { } follow)
            {
                state.Follow(package.Name, rule, follow);
            }
            else
            {
                (PackageRecord Record, FileRule Rule) other = await ElsewhereAsync(package, rule, ct)
                    ?? throw new ImagerException($"{package.Package} {package.Version}, taken for {package.Replaces}, has no {rule.Pattern}, "
                        + "nor has a package it depends on: name the file's new place in components.lock");
                state.Remove(package.Name, rule);
                Add(other.Record, other.Rule, package);
            }

            changed = true;
        }

        return changed;
    }

    private async Task<(PackageRecord Record, FileRule Rule)?> ElsewhereAsync(LockedPackage package, FileRule rule, CancellationToken ct)
    {
        foreach (PackageRecord record in Dependencies(package).OrderByDescending(d => Sonames.Follow(rule, [Path.GetFileName(rule.Pattern)]) is not null
            && Successors.IsNamedAfter(d.Package, Path.GetFileName(rule.Pattern))))
        {
            if (await TreeAsync(record, package, ct) is not { } tree)
            {
                continue;
            }

            if (Matches(tree, rule))
            {
                return (record, rule);
            }

            if (Sonames.Follow(rule, Names(tree, rule)) is { } follow)
            {
                return (record, follow);
            }
        }

        return null;
    }

    // What one package says of the version of another has to hold; the one that is still as it was moves.
    private async Task<bool> VersionsAsync(CancellationToken ct)
    {
        LockedPackage[] packages = [.. state.Locked.Packages.Where(debs.Has)];
        foreach (LockedPackage package in packages)
        {
            PackageRecord? record = Record(package);
            foreach (Relation relation in record?.Depends ?? [])
            {
                LockedPackage? other = packages.FirstOrDefault(p => p.Package == relation.Package && p.Suite == package.Suite
                    && (p.Architecture == package.Architecture || p.Architecture == "all" || package.Architecture == "all"));
                if (other is null || DebianVersion.Satisfies(other.Version, relation.Operator, relation.Version))
                {
                    continue;
                }

                if ((!_moved.Contains(other.Name) && await MoveAsync(other, r => DebianVersion.Satisfies(r.Version, relation.Operator, relation.Version), ct))
                    || (!_moved.Contains(package.Name) && await MoveAsync(package, _ => true, ct)))
                {
                    return true;
                }
            }
        }

        return false;
    }

    // Every library that a file of the root is linked to has to be in the root.
    private async Task<bool> LibrariesAsync(CancellationToken ct)
    {
        List<(LockedPackage Package, RootFile File)> files = [];
        List<string> trees = [];
        foreach (LockedPackage package in state.Locked.Packages.Where(p => p.Group == LockedPackage.NodeGroup && debs.Has(p)))
        {
            string tree = await debs.UnpackAsync(package.Package, package.Sha256, ct);
            files.AddRange(RootFiles.Of(package, tree).Select(f => (package, f)));
            trees.Add(tree);
        }

        HashSet<string> present = [.. files.Select(f => Path.GetFileName(f.File.Target))];
        foreach ((LockedPackage package, RootFile file) in files)
        {
            foreach (string soname in await NeededAsync(file.Source, ct))
            {
                // What a package of the root has goes in by itself when a program needs it.
                if (present.Contains(soname) || trees.Any(t => LibraryFolders.Any(f => File.Exists(Path.Combine(t, f, soname)))))
                {
                    continue;
                }

                if (!_moved.Contains(package.Name) && await MoveAsync(package, _ => true, ct))
                {
                    return true;
                }

                if (await LibraryAsync(package, soname, ct) is { } found)
                {
                    Add(found.Record, found.Rule, package);
                    return true;
                }
            }
        }

        return false;
    }

    private async Task<(PackageRecord Record, FileRule Rule)?> LibraryAsync(LockedPackage package, string soname, CancellationToken ct)
    {
        foreach (PackageRecord record in Dependencies(package).OrderByDescending(d => Successors.IsNamedAfter(d.Package, soname)))
        {
            if (await TreeAsync(record, package, ct) is { } tree
                && LibraryFolders.Select(f => f + soname).FirstOrDefault(p => File.Exists(Path.Combine(tree, p))) is { } path)
            {
                return (record, new FileRule(path, path.StartsWith(Libraries, StringComparison.Ordinal) ? null : Libraries + soname));
            }
        }

        return null;
    }

    private async Task<bool> MoveAsync(LockedPackage package, Func<PackageRecord, bool> fits, CancellationToken ct)
    {
        foreach (PackageRecord record in Successors.Of(package, index).Where(r => r.Sha256 != package.Sha256 && fits(r)))
        {
            if (await TreeAsync(record, package, ct) is not null)
            {
                if (marks)
                {
                    state.Substitute(package, PackageState.Of(record));
                }
                else
                {
                    state.Take(package.Name, PackageState.Of(record));
                }

                return _moved.Add(package.Name);
            }
        }

        return false;
    }

    private void Add(PackageRecord record, FileRule rule, LockedPackage besides)
    {
        // The lock may pin the package already, without this file.
        LockedPackage? present = state.Locked.Packages.FirstOrDefault(p => p.Package == record.Package && p.Architecture == besides.Architecture && p.Group == besides.Group);
        string name = present?.Name ?? record.Package;
        if (present is not null && present.Sha256 != record.Sha256)
        {
            state.Substitute(present, PackageState.Of(record));
        }

        state.Add(
            new LockedPackage
            {
                Name = name,
                Package = record.Package,
                Version = record.Version,
                Architecture = record.Architecture,
                Suite = besides.Suite,
                Component = besides.Component,
                Sha256 = record.Sha256,
                Path = record.Path,
                Replaces = marks ? $"a part of {(besides.Replaces.Length > 0 ? besides.Replaces : besides.Package)}" : "",
                Licence = "NOASSERTION",
                Group = besides.Group,
                Root = [rule],
            },
            besides.Name);
        _moved.Add(name);
    }

    private async Task<string?> TreeAsync(PackageRecord record, LockedPackage like, CancellationToken ct)
    {
        LockedPackage package = like with { Package = record.Package, Version = record.Version, Sha256 = record.Sha256 };
        return debs.Has(package) || await download(mirror, [(package, [record.Uri])], ct)
            ? await debs.UnpackAsync(record.Package, record.Sha256, ct)
            : null;
    }

    private PackageRecord? Record(LockedPackage package) =>
        index.Versions(package.Package, package.Architecture, package.Suite).FirstOrDefault(v => v.Sha256 == package.Sha256);

    private IEnumerable<PackageRecord> Dependencies(LockedPackage package) => (Record(package)?.Depends ?? [])
        .SelectMany(d => index.Versions(d.Package, package.Architecture, package.Suite).Take(1)
            .Concat(index.Providers(d.Package, package.Architecture, package.Suite).Take(1)).Take(1))
        .DistinctBy(r => r.Sha256)
        .OrderByDescending(r => r.Source == Record(package)?.Source);

    private static async Task<IReadOnlyList<string>> NeededAsync(string path, CancellationToken ct)
    {
        byte[] bytes = await File.ReadAllBytesAsync(path, ct);
        return ElfFile.IsElf(bytes) ? ElfFile.Parse(bytes).Needed() : [];
    }

    private static bool Matches(string tree, FileRule rule) =>
        Directory.Exists(Folder(tree, rule)) && RootFiles.Names(Folder(tree, rule), Path.GetFileName(rule.Pattern)).Any();

    private static IEnumerable<string> Names(string tree, FileRule rule) => Directory.Exists(Folder(tree, rule)) ? RootFiles.Names(Folder(tree, rule), "*") : [];

    private static string Folder(string tree, FileRule rule) => Path.Combine(tree, Path.GetDirectoryName(rule.Pattern) ?? "");
}
