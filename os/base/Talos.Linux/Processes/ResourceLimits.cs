using System.Runtime.InteropServices;

namespace Talos.Linux;

/// <summary>Limits of this process, which its children inherit. Source: setrlimit(2), asm-generic/resource.h.</summary>
public static unsafe partial class ResourceLimits
{
    internal const int MaxFiles = 7;

    /// <summary>Sets how many files this process may have open.</summary>
    public static void SetMaxOpenFiles(ulong limit)
    {
        ulong* limits = stackalloc ulong[] { limit, limit };
        if (SetRLimit(MaxFiles, limits) != 0)
        {
            throw LinuxException.FromLastError("setrlimit", $"RLIMIT_NOFILE {limit}");
        }
    }

    [LibraryImport("libc", EntryPoint = "setrlimit", SetLastError = true)]
    private static partial int SetRLimit(int resource, ulong* limits);
}
