using Talos.Linux;

namespace Talos.Stage1;

/// <summary>The kernel's own file systems; they move along to the real root.</summary>
internal static class PseudoFileSystems
{
    internal static void Mount()
    {
        const MountFlags safe = MountFlags.NoSuid | MountFlags.NoExec;
        MountOn("/proc", "proc", safe | MountFlags.NoDev, null);
        MountOn("/sys", "sysfs", safe | MountFlags.NoDev, null);
        MountOn("/dev", "devtmpfs", safe, "mode=0755");
    }

    private static void MountOn(string target, string type, MountFlags flags, string? data)
    {
        Directory.CreateDirectory(target);
        Mounts.Mount(type, target, type, flags, data);
    }
}
