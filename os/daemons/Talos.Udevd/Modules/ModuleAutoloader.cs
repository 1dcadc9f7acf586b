using Talos.Linux;

namespace Talos.Udevd.Modules;

/// <summary>Loads the modules that devices ask for, each file once.</summary>
/// <param name="database">Which they are.</param>
/// <param name="load">Loads one file; false when the kernel has it already.</param>
/// <param name="log">Takes one line.</param>
internal sealed class ModuleAutoloader(ModuleDatabase database, Func<string, bool> load, Action<string> log)
{
    private readonly HashSet<string> _modaliases = new(StringComparer.Ordinal);
    private readonly HashSet<string> _files = new(StringComparer.Ordinal);

    /// <summary>Number of modules loaded.</summary>
    public int Loaded { get; private set; }

    /// <summary>Loads what serves a device; a module that fails is logged and passed over.</summary>
    public void Serve(string modalias)
    {
        if (!_modaliases.Add(modalias))
        {
            return;
        }

        foreach (string module in database.ModulesFor(modalias))
        {
            foreach (string file in database.FilesFor(module))
            {
                if (_files.Add(file) && !TryLoad(file))
                {
                    break;
                }
            }
        }
    }

    private bool TryLoad(string file)
    {
        try
        {
            Loaded += load(file) ? 1 : 0;
            return true;
        }
        catch (LinuxException e) when (e.Error is Errno.ENODEV)
        {
            // The driver looked and found no device of its own.
            return true;
        }
        catch (IOException e)
        {
            log($"module not loaded: {e.Message}");
            return false;
        }
    }
}
