using Talos.Kernel.Rules;
using Talos.Linux;

namespace Talos.Kernel.Ports;

/// <summary>Loads kernel modules.</summary>
internal interface IModuleLoader
{
    /// <summary>What there is to load.</summary>
    ModuleIndex Index { get; }

    /// <summary>Loads one file; nothing happens when it is loaded.</summary>
    /// <param name="file">Path below the module directory.</param>
    /// <param name="parameters">As on the command line of modprobe.</param>
    void Load(string file, string parameters);
}

/// <summary>Loads from <c>/usr/lib/modules</c>.</summary>
internal sealed class ModuleLoader : IModuleLoader
{
    private readonly string _directory = $"/usr/lib/modules/{File.ReadAllText("/proc/sys/kernel/osrelease").Trim()}";
    private ModuleIndex? _index;

    public ModuleIndex Index => _index ??= new ModuleIndex(Lines("modules.dep"), Lines("modules.builtin"), Lines("modules.alias"));

    public void Load(string file, string parameters) => KernelModules.Load(Path.Combine(_directory, file), parameters);

    private string[] Lines(string name)
    {
        string path = Path.Combine(_directory, name);
        return File.Exists(path) ? File.ReadAllLines(path) : [];
    }
}
