using Talos.Imager.Tools;

namespace Talos.Imager.Modules;

/// <summary>Makes the folder <c>usr/lib/modules/&lt;release&gt;</c> of the root: chosen modules, uncompressed, with depmod's index.</summary>
/// <remarks>Uncompressed, for the squashfs compresses them anyway and differences between releases stay small.</remarks>
internal static class ModuleIndex
{
    /// <summary>The text forms; the binary ones and the symbol tables have no reader in the root.</summary>
    private static readonly string[] Kept = ["modules.dep", "modules.alias", "modules.softdep", "modules.builtin", "modules.builtin.modinfo", "modules.order"];

    /// <summary>Lays out the modules below <paramref name="work"/> and indexes them.</summary>
    /// <returns>The files, by path below <c>usr/lib/modules/&lt;release&gt;</c>.</returns>
    public static async Task<IReadOnlyList<(string Path, string Source)>> CreateAsync(ModuleStore store, IReadOnlyList<string> modules, string work, CancellationToken ct)
    {
        string folder = Path.Combine(work, "lib", "modules", store.Release);
        List<(string Path, string Source)> files = [];
        foreach (string name in modules)
        {
            string path = store.RelativePath(name);
            string target = Path.Combine(folder, path);
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(store.Uncompressed(name), target);
            files.Add((path, target));
        }

        foreach (string name in Directory.EnumerateFiles(store.Folder, "modules.*").Select(p => Path.GetFileName(p)))
        {
            File.Copy(Path.Combine(store.Folder, name), Path.Combine(folder, name));
        }

        await Tool.RunAsync("depmod", ["-b", work, store.Release], ct: ct);
        files.AddRange(Kept.Select(name => (name, Path.Combine(folder, name))).Where(f => File.Exists(f.Item2)));
        return files;
    }
}
