using Talos.Imager.Debian;

namespace Talos.Imager.Components;

/// <summary>Where Debian packages come from.</summary>
internal interface IPackageSource
{
    /// <summary>Its address, for messages.</summary>
    string Mirror { get; }

    /// <summary>Where a path below <c>pool/</c> may be, most likely first.</summary>
    IEnumerable<string> UrisOf(string path);

    /// <summary>What it holds, by lists whose signatures were checked.</summary>
    /// <param name="again">Ask anew, even when it was asked before.</param>
    /// <param name="ct">Cancels.</param>
    /// <exception cref="ImagerException">It does not answer, and no lists are here from an earlier time.</exception>
    Task<PackageIndex> IndexAsync(bool again, CancellationToken ct);

    /// <summary>The states of a source package, newest first.</summary>
    Task<IReadOnlyList<SourceRecord>> SourcesAsync(string name, CancellationToken ct);

    /// <summary>Downloads files, each whole and with its checksum or not at all; one that is cut is gone on with the next time.</summary>
    /// <returns>Why files are missing; null when all are there.</returns>
    Task<string?> DownloadAsync(IReadOnlyList<FileDownload> files, CancellationToken ct);
}
