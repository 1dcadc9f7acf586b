using Talos.Linux;

namespace Talos.Stage1;

/// <summary>Loads the modules of the initramfs.</summary>
internal static class Modules
{
    private const string Folder = "/modules";

    /// <summary>Loads what <c>/modules/list</c> names, a file a line, in this order. A module that fails is reported and left out: this board may not need it.</summary>
    internal static void Load(BootLog log)
    {
        string list = Path.Combine(Folder, "list");
        int loaded = 0;
        foreach (string line in File.Exists(list) ? File.ReadAllLines(list) : [])
        {
            string name = line.Trim();
            if (name.Length == 0)
            {
                continue;
            }

            try
            {
                loaded += KernelModules.Load(Path.Combine(Folder, name)) ? 1 : 0;
            }
            catch (IOException e)
            {
                log.Warning($"module {name} not loaded: {e.Message}");
            }
        }

        log.Info($"{loaded} modules loaded");
    }
}
