using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Talos.Linux;

/// <summary>A process that stands still, for tests of what notices it.</summary>
public static unsafe partial class Standstill
{
    /// <summary>Waits for ever in a way the garbage collector does not know of: the next collection waits for this thread.</summary>
    /// <remarks>Source: read(2) of a pipe that nobody writes to; it goes on after a signal whose handler has SA_RESTART.</remarks>
    public static void OfTheCollector()
    {
        (SafeFileHandle read, SafeFileHandle write) = Descriptors.CreatePipe();
        byte nothing;
        _ = ReadUnnoticed((int)read.DangerousGetHandle(), &nothing, 1);
        GC.KeepAlive(write);
    }

    [LibraryImport("libc", EntryPoint = "read")]
    [SuppressGCTransition]
    private static partial nint ReadUnnoticed(int fd, void* buffer, nuint count);
}
