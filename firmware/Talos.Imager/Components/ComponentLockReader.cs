using YamlDotNet.RepresentationModel;

namespace Talos.Imager.Components;

/// <summary>Reads <c>components.lock</c>.</summary>
internal sealed class ComponentLockReader
{
    public const string ApiVersion = "components.talos.dev/v1";

    private readonly LockYaml _yaml;

    private ComponentLockReader(string file) => _yaml = new LockYaml(file);

    /// <summary>Reads the lock at <paramref name="path"/>.</summary>
    /// <exception cref="ImagerException">With file and line of what is wrong.</exception>
    public static ComponentLock Read(string path) => Parse(File.ReadAllText(path), Path.GetFileName(path));

    public static ComponentLock Parse(string text, string file = "components.lock") => new ComponentLockReader(file).Document(text);

    private ComponentLock Document(string text)
    {
        YamlMappingNode root = _yaml.Load(text);
        _yaml.Allow(root, "apiVersion", "debian", "packages", "archives", "sources", "kubelet", "tools");
        if (_yaml.RequiredText(root, "apiVersion") is var version && version != ApiVersion)
        {
            throw _yaml.Error(root, $"apiVersion is {version}; {ApiVersion} is expected");
        }

        YamlMappingNode debian = _yaml.Mapping(_yaml.Required(root, "debian"));
        _yaml.Allow(debian, "suite", "sourceSuite", "architecture", "snapshot");
        string suite = ArchiveName(debian, "suite", absent: null);
        string architecture = _yaml.RequiredText(debian, "architecture");
        ComponentLock locked = new()
        {
            Suite = suite,
            SourceSuite = ArchiveName(debian, "sourceSuite", absent: null),
            Architecture = architecture,
            Snapshot = ArchiveName(debian, "snapshot", ""),
            ReferenceRoot = LockYaml.Find(root, "tools") is { } tools ? ReferenceRoot(tools) : "",
            Packages = Unique([.. _yaml.Sequence(_yaml.Required(root, "packages")).Select(n => (n, Package(n, suite, architecture)))]),
            Archives = LockYaml.Find(root, "archives") is { } archives ? [.. _yaml.Sequence(archives).Select(Archive)] : [],
            Sources = [.. _yaml.Sequence(_yaml.Required(root, "sources")).Select(Source)],
            Kubelet = Kubelet(_yaml.Required(root, "kubelet")),
        };
        return locked.Parts.GroupBy(p => p.Name).FirstOrDefault(g => g.Count() > 1) is { Key: var twice }
            ? throw _yaml.Error(root, $"{twice} is listed twice: an archive stands in place of a package, not beside it")
            : locked;
    }

    private LockedPackage Package(YamlNode node, string suite, string architecture)
    {
        YamlMappingNode map = _yaml.Mapping(node);
        _yaml.Allow(map, "name", "package", "tracks", "version", "suite", "component", "architecture", "sha256", "path", "replaces", "licence", "group", "root", "links", "bundles");
        string name = _yaml.RequiredText(map, "name");
        return new LockedPackage
        {
            Name = name,
            Package = _yaml.OptionalText(map, "package", name),
            Tracks = _yaml.OptionalText(map, "tracks", ""),
            Version = _yaml.RequiredText(map, "version"),
            Suite = ArchiveName(map, "suite", suite),
            Component = ArchiveName(map, "component", LockedPackage.MainComponent),
            Architecture = _yaml.OptionalText(map, "architecture", architecture),
            Sha256 = _yaml.Sha256(_yaml.Required(map, "sha256")),
            Path = LockYaml.Find(map, "path") is { } path ? RootPath(path) : "",
            Replaces = _yaml.OptionalText(map, "replaces", ""),
            Licence = _yaml.RequiredText(map, "licence"),
            Group = Group(map),
            Root = LockYaml.Find(map, "root") is { } files ? [.. _yaml.Sequence(files).Select(f => FileRule.Parse(RootPath(f)))] : [],
            Links = Texts(map, "links"),
            Bundles = Texts(map, "bundles"),
        };
    }

    // These become words of a line of apt's sources.
    private string ArchiveName(YamlMappingNode map, string key, string? absent)
    {
        string name = absent is null ? _yaml.RequiredText(map, key) : _yaml.OptionalText(map, key, absent);
        return name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '_')
            ? name
            : throw _yaml.Error(map, $"{key} {name}: letters, digits, '-', '.' and '_' are expected");
    }

    private string Group(YamlMappingNode map)
    {
        string group = _yaml.OptionalText(map, "group", LockedPackage.NodeGroup);
        return group is LockedPackage.NodeGroup or LockedPackage.ImageGroup or LockedPackage.KubeletGroup or LockedPackage.WorkloadGroup
            ? group
            : throw _yaml.Error(map, $"group {group} is unknown; it is node, image, kubelet or workload");
    }

    private string RootPath(YamlNode node)
    {
        string text = _yaml.Text(node);
        return text.StartsWith('/') || text.Contains("..", StringComparison.Ordinal)
            ? throw _yaml.Error(node, $"{text}: a path inside the package without leading / and .. is expected")
            : text;
    }

    private IReadOnlyDictionary<string, string> Texts(YamlMappingNode map, string key) =>
        LockYaml.Find(map, key) is { } node ? _yaml.Texts(node) : new Dictionary<string, string>();

    private LockedArchive Archive(YamlNode node)
    {
        YamlMappingNode map = _yaml.Mapping(node);
        _yaml.Allow(map, "name", "version", "url", "checksum", "licence", "root", "links");
        string url = _yaml.RequiredText(map, "url");
        return new LockedArchive
        {
            Name = _yaml.RequiredText(map, "name"),
            Version = _yaml.RequiredText(map, "version"),
            Url = Uri.TryCreate(url, UriKind.Absolute, out Uri? uri) && uri.Scheme is "http" or "https"
                ? uri!
                : throw _yaml.Error(map, $"url {url}: an address that begins with http:// or https:// is expected"),
            Checksum = _yaml.Checksum(_yaml.Required(map, "checksum")),
            Licence = _yaml.RequiredText(map, "licence"),
            Root = [.. _yaml.Sequence(_yaml.Required(map, "root")).Select(f => FileRule.Parse(RootPath(f)))],
            Links = Texts(map, "links"),
        };
    }

    private LockedSource Source(YamlNode node)
    {
        YamlMappingNode map = _yaml.Mapping(node);
        _yaml.Allow(map, "name", "version", "replaces", "licence", "files");
        return new LockedSource(
            _yaml.RequiredText(map, "name"),
            _yaml.RequiredText(map, "version"),
            _yaml.RequiredText(map, "licence"),
            Checksums(_yaml.Required(map, "files")))
        {
            Replaces = _yaml.OptionalText(map, "replaces", ""),
        };
    }

    private string ReferenceRoot(YamlNode node)
    {
        YamlMappingNode map = _yaml.Mapping(node);
        _yaml.Allow(map, "referenceRoot");
        return _yaml.Sha256(_yaml.Required(map, "referenceRoot"));
    }

    private LockedKubelet Kubelet(YamlNode node)
    {
        YamlMappingNode map = _yaml.Mapping(node);
        _yaml.Allow(map, "use", "upstream");
        Dictionary<string, IReadOnlyDictionary<string, Checksum>> upstream = _yaml.Entries(_yaml.Required(map, "upstream"))
            .ToDictionary(e => e.Key, IReadOnlyDictionary<string, Checksum> (e) =>
                _yaml.Entries(e.Value).ToDictionary(c => c.Key, c => _yaml.Sha512(c.Value), StringComparer.Ordinal), StringComparer.Ordinal);
        string use = _yaml.RequiredText(map, "use");
        return use == LockedKubelet.DebianSource || upstream.ContainsKey(use)
            ? new LockedKubelet(use, upstream)
            : throw _yaml.Error(map, $"use: {use} is neither {LockedKubelet.DebianSource} nor a version under upstream");
    }

    private Dictionary<string, string> Checksums(YamlNode node) =>
        _yaml.Entries(node).ToDictionary(e => e.Key, e => _yaml.Sha256(e.Value), StringComparer.Ordinal);

    private List<LockedPackage> Unique(List<(YamlNode Node, LockedPackage Package)> packages)
    {
        HashSet<string> names = [];
        foreach ((YamlNode node, LockedPackage package) in packages)
        {
            if (!names.Add(package.Name))
            {
                throw _yaml.Error(node, $"package {package.Name} is listed twice");
            }
        }

        return [.. packages.Select(p => p.Package)];
    }
}
