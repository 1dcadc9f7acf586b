using Talos.Boards;
using Talos.Imager.Bundles;
using Talos.Ota.Bundle;

namespace Talos.Imager.Build;

/// <summary>What to build, after validation.</summary>
internal sealed record BuildOptions
{
    /// <summary>The board.</summary>
    public required Board Board { get; init; }

    /// <summary>Its descriptor, which goes into the root.</summary>
    public required string BoardFile { get; init; }

    /// <summary>Folder with <c>boards</c> and <c>firmware</c>.</summary>
    public required string Repository { get; init; }

    /// <summary>The lock that says what third-party files are built in.</summary>
    public required string LockFile { get; init; }

    /// <summary>The node executable, for arm64.</summary>
    public required string Machined { get; init; }

    /// <summary>The static init of the initramfs, for arm64.</summary>
    public required string Stage1 { get; init; }

    /// <summary>Container images as OCI archives the node starts with.</summary>
    public required IReadOnlyList<string> Images { get; init; }

    /// <summary>Kernel arguments of this build alone.</summary>
    public required IReadOnlyList<string> KernelArgs { get; init; }

    /// <summary>Version of the system, such as <c>v0.1.0</c>.</summary>
    public required string Release { get; init; }

    /// <summary>Level of zstd for the root, 1 to 22.</summary>
    public required int RootLevel { get; init; }

    /// <summary>Components left out of the root.</summary>
    public required IReadOnlySet<string> Without { get; init; }

    /// <summary>Trust anchors of updates, and who signs the bundle.</summary>
    public required UpdateKeys UpdateKeys { get; init; }

    /// <summary>The oldest version the bundle can be installed from; null for any.</summary>
    public SemanticVersion? MinimumVersion { get; init; }

    /// <summary>The anti-rollback floor of nodes once the bundle is committed; null to leave it.</summary>
    public SemanticVersion? Floor { get; init; }

    /// <summary>Folder the outputs appear in.</summary>
    public required string Output { get; init; }

    /// <summary>Folder of the files of <c>firmware</c>.</summary>
    public string Firmware => Path.Combine(Repository, "firmware");

    /// <summary>First part of all output names.</summary>
    public string Name => $"talos-{Board.Name}-arm64";
}
