using Talos.Imager.Debian;

namespace Talos.Imager.Components;

/// <summary>The archives packages come from, each opened when it is needed for the first time.</summary>
/// <param name="openMirror">Opens the mirror.</param>
/// <param name="openSnapshot">Opens the archive as it was when the lock was written; null when none is configured.</param>
internal sealed class PackageArchives(Func<CancellationToken, Task<IPackageSource>> openMirror, Func<CancellationToken, Task<IPackageSource>>? openSnapshot = null)
{
    /// <summary>Names a service that keeps all states of the archive.</summary>
    public const string SnapshotVariable = "TALOS_DEBIAN_SNAPSHOT";

    private IPackageSource? _mirror;
    private IPackageSource? _snapshot;

    /// <summary>The archives of this machine, for a lock.</summary>
    public static PackageArchives Of(ComponentCache cache, ComponentLock locked, IProgress<string> progress)
    {
        string? service = Environment.GetEnvironmentVariable(SnapshotVariable);
        return new PackageArchives(
            async ct => await AptRoot.CreateAsync(Path.Combine(cache.Folder, "apt"), locked, AptSources.Of(await AptRoot.MirrorsAsync(ct)), progress, ct: ct),
            string.IsNullOrEmpty(service) ? null : OpenSnapshotAsync);

        async Task<IPackageSource> OpenSnapshotAsync(CancellationToken ct) => locked.Snapshot.Length > 0
            ? await AptRoot.CreateAsync(
                Path.Combine(cache.Folder, "apt-" + locked.Snapshot), locked, AptSources.Of(AptMirrors.Snapshot(service!, locked.Snapshot), "check-valid-until=no"), progress, ct: ct)
            : throw new ImagerException($"{SnapshotVariable} is set, but components.lock has no debian.snapshot, the time to ask for");
    }

    /// <summary>The mirror.</summary>
    public async Task<IPackageSource> MirrorAsync(CancellationToken ct) => _mirror ??= await openMirror(ct);

    /// <summary>The archive of that time; null when none is configured.</summary>
    public async Task<IPackageSource?> SnapshotAsync(CancellationToken ct) => openSnapshot is null ? null : _snapshot ??= await openSnapshot(ct);
}
