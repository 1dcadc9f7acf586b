using Talos.Imager.Tools;

namespace Talos.Imager.Components;

/// <summary>Debian packages in the cache, as files and unpacked.</summary>
internal sealed class DebCache(ComponentCache cache)
{
    private const int KeyLength = 16;

    /// <summary>Whether nothing has to be downloaded for a package.</summary>
    public bool Has(LockedPackage package) => cache.Has(TreeOf(package.Package, package.Sha256)) || File.Exists(FileOf(package.Package, package.Sha256));

    /// <summary>Where the file of a package is, or will be.</summary>
    /// <remarks>Debian's file names escape the epoch's colon; ours is only ever read by us.</remarks>
    public string FileOf(string package, string sha256) => Path.Combine(cache.Folder, "debs", $"{package}_{sha256[..KeyLength]}.deb");

    /// <summary>The unpacked tree of a package that is here.</summary>
    public Task<string> UnpackAsync(string package, string sha256, CancellationToken ct) => cache.FolderAsync(
        TreeOf(package, sha256), tree => Tool.RunAsync("dpkg-deb", ["-x", FileOf(package, sha256), tree], ct: ct));

    private static string TreeOf(string package, string sha256) => $"trees/{package}_{sha256[..KeyLength]}";
}
