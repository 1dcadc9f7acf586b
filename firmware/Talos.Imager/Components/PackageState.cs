using Talos.Imager.Debian;

namespace Talos.Imager.Components;

/// <summary>A newer state of one package, as the mirror has it.</summary>
/// <param name="Package">Debian's name.</param>
/// <param name="Version">Debian's version.</param>
/// <param name="Sha256">Of the .deb file, lowercase hex.</param>
internal sealed record PackageState(string Package, string Version, string Sha256)
{
    /// <summary>Path of the file below the base of its archive; empty when it is not known.</summary>
    public string Path { get; init; } = "";

    /// <summary>What it stands for, when the lock pins another: name and version; empty when it is what the lock pins.</summary>
    public string Replaces { get; init; } = "";

    /// <summary>The state the lock has.</summary>
    public static PackageState Of(LockedPackage package) =>
        new(package.Package, package.Version, package.Sha256) { Path = package.Path, Replaces = package.Replaces };

    /// <summary>The state a list names.</summary>
    public static PackageState Of(PackageRecord record) => new(record.Package, record.Version, record.Sha256) { Path = record.Path };
}
