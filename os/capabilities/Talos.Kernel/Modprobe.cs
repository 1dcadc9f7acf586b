using Talos.Kernel.Ports;
using Talos.Linux;

namespace Talos.Kernel;

/// <summary>What the kernel calls when it needs a module by itself, for a filesystem or a packet filter rule.</summary>
/// <remarks>Source: Linux, kernel/module/kmod.c: <c>modprobe -q -- NAME</c>, as a process of its own.</remarks>
public static class Modprobe
{
    /// <summary>Loads the modules that the last argument names.</summary>
    /// <returns>The exit code: 0 when a module is loaded or built in.</returns>
    public static int Run(string[] args)
    {
        ArgumentNullException.ThrowIfNull(args);
        if (args.Length == 0)
        {
            return 2;
        }

        try
        {
            ModuleLoader loader = new();
            IReadOnlyList<string> modules = loader.Index.Resolve(args[^1]);
            foreach (string file in modules.SelectMany(m => loader.Index.FilesFor(m) ?? []))
            {
                loader.Load(file, "");
            }

            return modules.Count > 0 ? 0 : 1;
        }
        catch (IOException e)
        {
            using KmsgWriter kmsg = KmsgWriter.Open();
            kmsg.Write(KmsgPriority.Warning, $"[talos] modprobe {args[^1]}: {e.Message}");
            return 1;
        }
    }
}
