using System.IO.Enumeration;

namespace Talos.Kernel.Rules;

/// <summary>Which kernel modules there are and what each needs, as depmod(8) wrote it down.</summary>
internal sealed class ModuleIndex
{
    private readonly Dictionary<string, string[]> _files = [];
    private readonly HashSet<string> _builtIn = [];
    private readonly List<(string Pattern, string Module)> _aliases = [];

    /// <summary>Reads <c>modules.dep</c>, <c>modules.builtin</c> and <c>modules.alias</c>.</summary>
    /// <param name="dependencies">Lines <c>path: path path</c>; what is needed first comes last.</param>
    /// <param name="builtIn">One path a line.</param>
    /// <param name="aliases">Lines <c>alias pattern module</c>.</param>
    public ModuleIndex(IEnumerable<string> dependencies, IEnumerable<string> builtIn, IEnumerable<string> aliases)
    {
        foreach (string line in dependencies)
        {
            int colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon > 0)
            {
                _files[NameOf(line[..colon])] = [line[..colon], .. line[(colon + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries)];
            }
        }

        foreach (string line in builtIn.Where(l => l.Length > 0))
        {
            _builtIn.Add(NameOf(line));
        }

        foreach (string line in aliases)
        {
            if (line.Split(' ', StringSplitOptions.RemoveEmptyEntries) is ["alias", var pattern, var module])
            {
                _aliases.Add((pattern, module));
            }
        }
    }

    /// <summary>The modules a name stands for: itself, or those that have it as an alias, such as <c>fs-xfs</c>.</summary>
    public IReadOnlyList<string> Resolve(string name) =>
        _files.ContainsKey(Normal(name)) || IsBuiltIn(name)
            ? [name]
            : [.. _aliases.Where(a => FileSystemName.MatchesSimpleExpression(a.Pattern, name, ignoreCase: false)).Select(a => a.Module).Distinct()];

    /// <summary>Whether the module is part of the kernel itself.</summary>
    public bool IsBuiltIn(string name) => _builtIn.Contains(Normal(name));

    /// <summary>The files to load, in order, the module's own last; null when there is no such module.</summary>
    public IReadOnlyList<string>? FilesFor(string name) =>
        _files.TryGetValue(Normal(name), out string[]? files) ? [.. files.Reverse()] : null;

    /// <summary>Name of the module in a file: <c>dm_mod</c> of <c>kernel/drivers/md/dm-mod.ko.xz</c>.</summary>
    public static string NameOf(string path)
    {
        string file = path[(path.LastIndexOf('/') + 1)..];
        int dot = file.IndexOf('.', StringComparison.Ordinal);
        return Normal(dot < 0 ? file : file[..dot]);
    }

    /// <summary>Dashes and underscores are the same in module names.</summary>
    private static string Normal(string name) => name.Trim().Replace('-', '_');
}
