namespace Talos.Imager.Components;

/// <summary>One third-party component, unpacked: what the components room hands to everything that builds from it.</summary>
/// <param name="Name">Name in <c>components.lock</c>, for Debian packages the package name.</param>
/// <param name="Version">Version in the lock, as its source writes it.</param>
/// <param name="License">SPDX licence expression.</param>
/// <param name="Directory">Absolute path of the unpacked tree; its inside is laid out as in the package (<c>usr/bin/runc</c>).</param>
/// <param name="Checksum">SHA-256 or SHA-512 of what was downloaded, or SHA-256 of the file when it was built here; lowercase hex.</param>
internal sealed record ComponentTree(string Name, string Version, string License, string Directory, string Checksum)
{
    /// <summary>Where it comes from, for the bill of materials: a package URL or a download location; empty when unknown.</summary>
    public string Source { get; init; } = "";

    /// <summary>Name and version of what the lock pins in its place; empty when it is that itself.</summary>
    public string Replaces { get; init; } = "";
}
