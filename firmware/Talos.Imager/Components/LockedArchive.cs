namespace Talos.Imager.Components;

/// <summary>A release of an upstream project, such as a static containerd: an archive with a checksum in place of a package of Debian.</summary>
internal sealed record LockedArchive : IRootParts
{
    /// <inheritdoc/>
    public required string Name { get; init; }

    public required string Version { get; init; }

    /// <summary>Where it is; <c>.tar.gz</c> and <c>.tgz</c> are unpacked, anything else is one executable.</summary>
    public required Uri Url { get; init; }

    public required Checksum Checksum { get; init; }

    /// <summary>SPDX licence expression.</summary>
    public required string Licence { get; init; }

    /// <inheritdoc/>
    public required IReadOnlyList<FileRule> Root { get; init; }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, string> Links { get; init; } = new Dictionary<string, string>();

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, string> Bundles { get; } = new Dictionary<string, string>();
}
