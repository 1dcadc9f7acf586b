using System.Text;

namespace Talos.Udevd.Modules;

/// <summary>Which module serves which device and what each module needs, as depmod(8) wrote it down.</summary>
/// <remarks>The texts stay as they are and are searched: that takes less memory than an index, and udevd is small.</remarks>
internal sealed class ModuleDatabase
{
    private const int MostModules = 64;

    private readonly byte[] _aliases;
    private readonly Dictionary<string, string> _dependencies = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (string[] Before, string[] After)> _soft = new(StringComparer.Ordinal);

    /// <summary>Takes the texts of the files.</summary>
    /// <param name="aliases"><c>modules.alias</c>: <c>alias pattern module</c>.</param>
    /// <param name="dependencies"><c>modules.dep</c>: <c>path: path path</c>.</param>
    /// <param name="soft"><c>modules.softdep</c>: <c>softdep module pre: a b post: c</c>.</param>
    public ModuleDatabase(byte[] aliases, string dependencies, string soft)
    {
        _aliases = aliases;
        foreach (string line in dependencies.Split('\n'))
        {
            int colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon > 0)
            {
                _dependencies[NameOf(line[..colon])] = line;
            }
        }

        foreach (string line in soft.Split('\n'))
        {
            if (line.Split(' ', StringSplitOptions.RemoveEmptyEntries) is ["softdep", { } module, .. string[] words])
            {
                _soft[Normal(module)] = (Part(words, "pre:"), Part(words, "post:"));
            }
        }
    }

    /// <summary>Names of the modules whose alias fits; several may serve one device.</summary>
    /// <param name="modalias">As in the uevent, such as <c>virtio:d00000001v00001AF4</c>.</param>
    public IReadOnlyList<string> ModulesFor(string modalias)
    {
        List<string> found = [];
        byte[] wanted = Encoding.UTF8.GetBytes(modalias);
        ReadOnlySpan<byte> bus = wanted.AsSpan(0, wanted.AsSpan().IndexOf((byte)':') + 1);
        ReadOnlySpan<byte> rest = _aliases;
        while (!rest.IsEmpty && found.Count < MostModules)
        {
            int end = rest.IndexOf((byte)'\n');
            ReadOnlySpan<byte> line = end < 0 ? rest : rest[..end];
            rest = end < 0 ? default : rest[(end + 1)..];

            int blank = line.LastIndexOf((byte)' ');
            if (!line.StartsWith("alias "u8) || blank <= 6 || !line[6..].StartsWith(bus) || !Glob.Matches(line[6..blank], wanted))
            {
                continue;
            }

            string module = Normal(Encoding.UTF8.GetString(line[(blank + 1)..]));
            if (!found.Contains(module))
            {
                found.Add(module);
            }
        }

        return found;
    }

    /// <summary>Files to load for a module, in order; empty when there is no such module.</summary>
    /// <param name="module">Name, or an alias without a bus such as <c>crc32c</c>.</param>
    public IReadOnlyList<string> FilesFor(string module)
    {
        List<string> files = [];
        Collect(Normal(module), files, [], 0);
        return files;
    }

    /// <summary>Name of the module in a file: <c>dm_mod</c> of <c>kernel/drivers/md/dm-mod.ko</c>.</summary>
    public static string NameOf(string path)
    {
        string file = path[(path.LastIndexOf('/') + 1)..];
        int dot = file.IndexOf('.', StringComparison.Ordinal);
        return Normal(dot < 0 ? file : file[..dot]);
    }

    private void Collect(string module, List<string> files, HashSet<string> seen, int depth)
    {
        if (depth > MostModules || !seen.Add(module))
        {
            return;
        }

        if (!_dependencies.TryGetValue(module, out string? line))
        {
            foreach (string served in ModulesFor(module))
            {
                Collect(served, files, seen, depth + 1);
            }

            return;
        }

        (string[] before, string[] after) = _soft.GetValueOrDefault(module, ([], []));
        foreach (string soft in before)
        {
            Collect(Normal(soft), files, seen, depth + 1);
        }

        // What is needed first comes last on the line.
        int colon = line.IndexOf(':', StringComparison.Ordinal);
        foreach (string needed in line[(colon + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries).Reverse())
        {
            Collect(NameOf(needed), files, seen, depth + 1);
        }

        files.Add(line[..colon]);
        foreach (string soft in after)
        {
            Collect(Normal(soft), files, seen, depth + 1);
        }
    }

    private static string[] Part(string[] words, string title) =>
        [.. words.SkipWhile(w => w != title).Skip(1).TakeWhile(w => !w.EndsWith(':'))];

    /// <summary>Dashes and underscores are the same in module names.</summary>
    private static string Normal(string name) => name.Trim().Replace('-', '_');
}
