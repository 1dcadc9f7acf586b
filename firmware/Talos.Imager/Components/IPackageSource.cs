namespace Talos.Imager.Components;

/// <summary>Where Debian packages come from.</summary>
internal interface IPackageSource
{
    /// <summary>Its address, for messages.</summary>
    string Mirror { get; }

    /// <summary>Reads what it holds, once.</summary>
    Task UpdateAsync(CancellationToken ct);

    /// <summary>Downloads one version of a package into <paramref name="folder"/>.</summary>
    /// <exception cref="ImagerException">It has the version no more, or the download failed.</exception>
    Task DownloadAsync(LockedPackage package, string folder, CancellationToken ct);

    /// <summary>Downloads the files of a source package into <paramref name="folder"/>.</summary>
    Task DownloadSourceAsync(LockedSource source, string folder, CancellationToken ct);

    /// <summary>The newest state of a package.</summary>
    Task<PackageState> NewestAsync(LockedPackage package, CancellationToken ct);
}
