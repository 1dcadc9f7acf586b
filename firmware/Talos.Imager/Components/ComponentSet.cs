namespace Talos.Imager.Components;

/// <summary>Everything an image is built from that is not ours, fetched, checked and unpacked.</summary>
internal sealed class ComponentSet(ComponentLock locked, IReadOnlyDictionary<string, ComponentTree> trees, IReadOnlyList<RootFile> bundles)
{
    /// <summary>Name of kubelet among <see cref="Trees"/>.</summary>
    public const string Kubelet = "kubelet";

    private static readonly string[] LibraryFolders = ["usr/lib/aarch64-linux-gnu", "lib/aarch64-linux-gnu", "usr/lib", "lib"];

    /// <summary>The lock it was fetched by.</summary>
    public ComponentLock Lock => locked;

    /// <summary>The unpacked programs that write images, with the libraries they need.</summary>
    public IReadOnlyList<ComponentTree> Tools { get; init; } = [];

    /// <summary>Unpacked components by name, kubelet among them.</summary>
    public IReadOnlyDictionary<string, ComponentTree> Trees => trees;

    /// <summary>All files of the root, sorted by where they go.</summary>
    public IReadOnlyList<RootFile> RootFiles { get; } =
    [
        .. locked.Parts.Where(p => trees.ContainsKey(p.Name)).SelectMany(p => Components.RootFiles.Of(p, trees[p.Name].Directory))
            .Concat(bundles)
            .Concat(trees.TryGetValue(Kubelet, out ComponentTree? kubelet)
                ? [new RootFile(Kubelet, Path.Combine(kubelet.Directory, "usr/bin/kubelet"), "usr/bin/kubelet")]
                : Array.Empty<RootFile>())
            .OrderBy(f => f.Target, StringComparer.Ordinal),
    ];

    /// <summary>Symbolic links of the root: path and what it points to, sorted by path.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> RootLinks { get; } =
        [.. locked.Parts.Where(p => trees.ContainsKey(p.Name)).SelectMany(p => p.Links).OrderBy(l => l.Key, StringComparer.Ordinal)];

    /// <summary>The shared library that programs are linked to by this name, in the first package of the root that has it; null when none has.</summary>
    /// <remarks>Its place in the root is up to the caller.</remarks>
    public RootFile? FindLibrary(string name) => locked.Parts
        .Where(p => trees.ContainsKey(p.Name))
        .SelectMany(p => LibraryFolders.Select(f => (p.Name, Path: Path.Combine(trees[p.Name].Directory, f, name))))
        .Where(found => File.Exists(found.Path))
        .Select(found => new RootFile(found.Name, File.ResolveLinkTarget(found.Path, returnFinalTarget: true)?.FullName ?? found.Path, name))
        .FirstOrDefault();

    /// <summary>Absolute path of an unpacked component.</summary>
    public string FolderOf(string component) => trees.TryGetValue(component, out ComponentTree? tree)
        ? tree.Directory
        : throw new ImagerException($"component {component} was not fetched");

    /// <summary>Absolute path of the one file of a component that matches <paramref name="pattern"/>.</summary>
    public string FileOf(string component, string pattern)
    {
        IReadOnlyList<string> found = Components.RootFiles.Match(component, FolderOf(component), pattern);
        return found.Count == 1
            ? Path.Combine(FolderOf(component), found[0])
            : throw new ImagerException($"{component}: {pattern} names {found.Count} files: {string.Join(", ", found)}");
    }
}
