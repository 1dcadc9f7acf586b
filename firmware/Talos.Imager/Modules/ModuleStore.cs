using Talos.Imager.Tools;

namespace Talos.Imager.Modules;

/// <summary>The modules of one unpacked kernel package; gives them uncompressed.</summary>
/// <param name="kernelModules">Folder <c>usr/lib/modules/&lt;release&gt;</c> of the package.</param>
/// <param name="work">Folder for uncompressed modules.</param>
internal sealed class ModuleStore(string kernelModules, string work)
{
    private readonly Dictionary<string, string> _paths = Index(kernelModules);
    private readonly HashSet<string> _builtIn =
    [
        .. File.ReadLines(Path.Combine(kernelModules, "modules.builtin")).Select(l => NameOf(Path.GetFileName(l))),
    ];

    private readonly Dictionary<string, ModuleInfo> _infos = [];

    /// <summary>Release of the kernel, <c>uname -r</c>.</summary>
    public string Release { get; } = Path.GetFileName(Path.TrimEndingDirectorySeparator(kernelModules));

    /// <summary>Folder the modules come from.</summary>
    public string Folder => kernelModules;

    /// <summary>Whether the kernel itself has the module.</summary>
    public bool IsBuiltIn(string name) => _builtIn.Contains(name);

    /// <summary>Path of a module below the folder, without the ending of its compression: <c>kernel/fs/xfs/xfs.ko</c>.</summary>
    public string RelativePath(string name)
    {
        string path = Path.GetRelativePath(kernelModules, _paths[name]);
        return path.EndsWith(".xz", StringComparison.Ordinal) ? path[..^3] : path;
    }

    /// <summary>Path of the uncompressed module; it must be in the order returned by <see cref="ResolveAsync"/>.</summary>
    public string Uncompressed(string name) => Path.Combine(work, name + ".ko");

    /// <summary>The wanted modules with all they need in loading order; each is uncompressed afterwards.</summary>
    public async Task<IReadOnlyList<string>> ResolveAsync(IReadOnlyCollection<string> wanted, CancellationToken ct)
    {
        Directory.CreateDirectory(work);

        // What a module needs is known only from its content: uncompress level by level until nothing is new.
        string[] missing = [.. wanted.Select(ModuleInfo.Normal)];
        while (missing.Length > 0)
        {
            foreach (string name in missing)
            {
                await ReadAsync(name, ct);
            }

            missing = [.. missing.SelectMany(n => Needs(n)).Distinct().Where(n => _paths.ContainsKey(n) && !_infos.ContainsKey(n))];
        }

        return ModuleClosure.Order(wanted, IsBuiltIn, name => _infos.GetValueOrDefault(name));
    }

    private static string NameOf(string file) => ModuleInfo.Normal(file[..file.IndexOf(".ko", StringComparison.Ordinal)]);

    private static Dictionary<string, string> Index(string folder)
    {
        Dictionary<string, string> paths = [];
        foreach (string path in Directory.EnumerateFiles(Path.Combine(folder, "kernel"), "*.ko*", SearchOption.AllDirectories))
        {
            paths[NameOf(Path.GetFileName(path))] = path;
        }

        return paths;
    }

    private IEnumerable<string> Needs(string name) =>
        _infos.TryGetValue(name, out ModuleInfo? info) ? info.Depends.Concat(info.Before) : [];

    private async Task ReadAsync(string name, CancellationToken ct)
    {
        if (_infos.ContainsKey(name) || !_paths.TryGetValue(name, out string? path))
        {
            return;
        }

        string target = Uncompressed(name);
        if (path.EndsWith(".xz", StringComparison.Ordinal))
        {
            await Tool.RunToFileAsync("xz", ["-dc", path], target, ct);
        }
        else
        {
            File.Copy(path, target, overwrite: true);
        }

        _infos[name] = ModuleInfo.Parse(await File.ReadAllBytesAsync(target, ct));
    }
}
