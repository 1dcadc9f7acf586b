using Talos.Linux;
using Talos.Udevd.Modules;

namespace Talos.Udevd.Ports;

/// <summary>The modules of the running kernel.</summary>
internal static class ModuleFiles
{
    private static readonly string Folder = $"/usr/lib/modules/{KernelName.Get().Release}";

    /// <summary>Reads what depmod(8) wrote; a kernel without modules has an empty database.</summary>
    public static ModuleDatabase ReadDatabase() => new(Bytes("modules.alias"), Text("modules.dep"), Text("modules.softdep"));

    /// <summary>Loads a module file.</summary>
    /// <param name="file">Path below the kernel's module folder, or absolute.</param>
    /// <returns>False when it is loaded already.</returns>
    public static bool Load(string file) => KernelModules.Load(Path.Combine(Folder, file));

    private static byte[] Bytes(string name)
    {
        string path = Path.Combine(Folder, name);
        return File.Exists(path) ? File.ReadAllBytes(path) : [];
    }

    private static string Text(string name) => System.Text.Encoding.UTF8.GetString(Bytes(name));
}
