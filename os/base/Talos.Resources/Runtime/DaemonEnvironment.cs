using Talos.Cosi;

namespace Talos.Resources.Runtime;

/// <summary>Environment of the OS's own daemons that serve or call others with TLS.</summary>
public static class DaemonEnvironment
{
    /// <summary>
    /// Chains are built with a look into the home folder; without one there would be an exception. The rest keeps
    /// the memory small: one arena of the C library, and a youngest generation of 1 MiB (the numbers are hexadecimal).
    /// </summary>
    public static ValueList<string> Small { get; } =
        ["HOME=/root", "MALLOC_ARENA_MAX=1", "DOTNET_GCConserveMemory=7", "DOTNET_GCgen0size=100000", "DOTNET_GCGen0MaxBudget=100000"];
}
