using System.Text.Json.Serialization.Metadata;
using Talos.Cosi;

namespace Talos.Resources.Cri;

/// <summary>Whether the images that came with the node's root are in the container runtime; the id is <c>images</c>.</summary>
public sealed record ImagePreloadStatus : IResourceSpec<ImagePreloadStatus>
{
    /// <summary>The only id.</summary>
    public const string Id = "images";

    /// <inheritdoc/>
    public static ResourceDefinition Definition { get; } = new("ImagePreloadStatuses." + ResourceJson.OwnDomain, "cri")
    {
        PrintColumns =
        [
            new PrintColumn("Finished", "{.finished}"),
            new PrintColumn("Images", "{.images}"),
            new PrintColumn("Failed", "{.failedArchives}"),
        ],
    };

    /// <inheritdoc/>
    public static JsonTypeInfo<ImagePreloadStatus> Json => CriJson.Default.ImagePreloadStatus;

    /// <summary>Whether every archive was tried since the container runtime is up; some may have failed.</summary>
    public bool Finished { get; init; }

    /// <summary>Number of images in the store that came from archives.</summary>
    public int Images { get; init; }

    /// <summary>Number of archives that were refused.</summary>
    public int FailedArchives { get; init; }
}
