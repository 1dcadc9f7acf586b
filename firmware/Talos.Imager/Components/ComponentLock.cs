namespace Talos.Imager.Components;

/// <summary>What <c>firmware/components.lock</c> pins: every third-party file of an image and how it is checked.</summary>
internal sealed record ComponentLock
{
    /// <summary>Debian's release for binary packages, such as <c>trixie</c>.</summary>
    public required string Suite { get; init; }

    /// <summary>Debian's release for source packages.</summary>
    public required string SourceSuite { get; init; }

    /// <summary>Debian's name of the node's architecture, such as <c>arm64</c>.</summary>
    public required string Architecture { get; init; }

    /// <summary>When the archive had all that is pinned, such as <c>20261130T170000Z</c>; empty when that is not known.</summary>
    public string Snapshot { get; init; } = "";

    /// <summary>SHA-256 of the reference root as the pinned tools pack it; empty when it was never packed.</summary>
    public string ReferenceRoot { get; init; } = "";

    public required IReadOnlyList<LockedPackage> Packages { get; init; }

    /// <summary>Releases of upstream projects, each in place of a package of Debian.</summary>
    public IReadOnlyList<LockedArchive> Archives { get; init; } = [];

    public required IReadOnlyList<LockedSource> Sources { get; init; }

    public required LockedKubelet Kubelet { get; init; }

    /// <summary>What the root is made of, wherever it comes from: name, files, links and bundles.</summary>
    public IEnumerable<IRootParts> Parts => [.. Packages, .. Archives];

    /// <exception cref="ImagerException">The lock has no such package.</exception>
    public LockedPackage Package(string name) => Packages.FirstOrDefault(p => p.Name == name)
        ?? throw new ImagerException($"components.lock: no package {name}");

    /// <exception cref="ImagerException">The lock has no such source package.</exception>
    public LockedSource Source(string name) => Sources.FirstOrDefault(s => s.Name == name)
        ?? throw new ImagerException($"components.lock: no source {name}");
}

/// <summary>One binary package of Debian.</summary>
internal sealed record LockedPackage : IRootParts
{
    /// <summary>Name in our code; the same over versions.</summary>
    public required string Name { get; init; }

    /// <summary>Debian's name; may contain a version, as the kernel's does.</summary>
    public required string Package { get; init; }

    /// <summary>Package whose first dependency is <see cref="Package"/>; empty when the name has no version in it.</summary>
    public string Tracks { get; init; } = "";

    public required string Version { get; init; }

    public required string Architecture { get; init; }

    /// <summary>Debian's release it comes from: the lock's own, or a later one for this package alone.</summary>
    public string Suite { get; init; } = "";

    /// <summary>Component of the archive, such as <c>main</c> or <c>non-free-firmware</c>.</summary>
    public string Component { get; init; } = MainComponent;

    /// <summary>SHA-256 of the .deb file, lowercase hex.</summary>
    public required string Sha256 { get; init; }

    /// <summary>Path of the .deb file below the base of its archive; empty when only the archive's lists know it.</summary>
    public string Path { get; init; } = "";

    /// <summary>Name and version of what it stands for, in the lock of a build that had to take another; empty otherwise.</summary>
    public string Replaces { get; init; } = "";

    /// <summary>SPDX licence expression.</summary>
    public required string Licence { get; init; }

    /// <summary>What needs it: <see cref="NodeGroup"/> or a step of the build.</summary>
    public string Group { get; init; } = NodeGroup;

    /// <summary>Files of the root file system.</summary>
    public IReadOnlyList<FileRule> Root { get; init; } = [];

    /// <summary>Symbolic links of the root: path, and what it points to.</summary>
    public IReadOnlyDictionary<string, string> Links { get; init; } = new Dictionary<string, string>();

    /// <summary>Files of the root made by joining files: path in the root, and the pattern of its parts.</summary>
    public IReadOnlyDictionary<string, string> Bundles { get; init; } = new Dictionary<string, string>();

    /// <summary>The component of packages that name none.</summary>
    public const string MainComponent = "main";

    /// <summary>The group of packages every image is built from.</summary>
    public const string NodeGroup = "node";

    /// <summary>The group needed only to build kubelet from source.</summary>
    public const string KubeletGroup = "kubelet";

    /// <summary>The group of programs that write images, run on the build machine.</summary>
    public const string ImageGroup = "image";

    /// <summary>The group needed only for the example workload.</summary>
    public const string WorkloadGroup = "workload";
}

/// <summary>One source package of Debian.</summary>
/// <param name="Name">Debian's name.</param>
/// <param name="Version">Debian's version.</param>
/// <param name="Licence">SPDX licence expression.</param>
/// <param name="Files">File names with their SHA-256.</param>
internal sealed record LockedSource(string Name, string Version, string Licence, IReadOnlyDictionary<string, string> Files)
{
    /// <summary>Version of what it stands for, in the lock of a build that had to take another; empty otherwise.</summary>
    public string Replaces { get; init; } = "";

    /// <summary>The one file whose name ends with <paramref name="suffix"/>.</summary>
    public string File(string suffix) => Files.Keys.Single(f => f.EndsWith(suffix, StringComparison.Ordinal));
}

/// <summary>Where kubelet comes from.</summary>
/// <param name="Use">The choice when the command line makes none: <c>debian-source</c> or a version such as <c>v1.36.0</c>.</param>
/// <param name="Upstream">SHA-512 of the release's archive by version and architecture.</param>
internal sealed record LockedKubelet(string Use, IReadOnlyDictionary<string, IReadOnlyDictionary<string, Checksum>> Upstream)
{
    public const string DebianSource = "debian-source";
    public const string SourceVersion = "v1.20.2";
    public const string Licence = "Apache-2.0";
}

/// <summary>Files taken from a package and where they go.</summary>
/// <param name="Pattern">Path in the package; <c>*</c> stands for any characters but <c>/</c>.</param>
/// <param name="Target">Path in the root; null keeps the path of the package.</param>
internal sealed record FileRule(string Pattern, string? Target)
{
    /// <summary>Parses <c>usr/sbin/runc => usr/bin/runc</c>; what ends in <c>/</c> is a folder for all matches.</summary>
    public static FileRule Parse(string text)
    {
        string[] parts = text.Split(" => ", 2, StringSplitOptions.TrimEntries);
        return new FileRule(parts[0], parts.Length == 2 ? parts[1] : null);
    }

    /// <summary>Where the file at <paramref name="path"/> of the package goes.</summary>
    public string TargetOf(string path) => Target switch
    {
        null => path,
        _ when Target.EndsWith('/') => Target + Path.GetFileName(path),
        _ => Target,
    };

    /// <summary>The text that <see cref="Parse"/> reads.</summary>
    public override string ToString() => Target is null ? Pattern : $"{Pattern} => {Target}";
}
