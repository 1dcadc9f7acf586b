using System.Text.Json.Serialization.Metadata;
using Talos.Cosi;

namespace Talos.Resources.Cri;

/// <summary>An archive of images that came with the node's root; the id is its file name.</summary>
public sealed record PreloadedArchiveStatus : IResourceSpec<PreloadedArchiveStatus>
{
    /// <inheritdoc/>
    public static ResourceDefinition Definition { get; } = new("PreloadedArchiveStatuses." + ResourceJson.OwnDomain, "cri")
    {
        PrintColumns = [new PrintColumn("Images", "{.images[*]}"), new PrintColumn("Problem", "{.problem}")],
    };

    /// <inheritdoc/>
    public static JsonTypeInfo<PreloadedArchiveStatus> Json => CriJson.Default.PreloadedArchiveStatus;

    /// <summary>Names of its images that are in the store.</summary>
    public ValueList<string> Images { get; init; }

    /// <summary>Size of the images in bytes, compressed as stored.</summary>
    public long SizeBytes { get; init; }

    /// <summary>Why the archive was refused; empty when it was not.</summary>
    public string Problem { get; init; } = "";
}
