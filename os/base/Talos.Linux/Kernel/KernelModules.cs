using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Talos.Linux;

/// <summary>Loads and unloads kernel modules. Source: finit_module(2), delete_module(2).</summary>
public static unsafe partial class KernelModules
{
    internal const int CompressedFile = 4;
    private const int NonBlocking = 0x800;

    /// <summary>Loads one module file; the modules it needs must be loaded.</summary>
    /// <param name="path">A <c>.ko</c>, or a <c>.ko.xz</c> where the kernel can decompress it.</param>
    /// <param name="parameters">As on the command line of modprobe, e.g. <c>max_part=8</c>.</param>
    /// <returns>False when the module is loaded or built in already.</returns>
    /// <exception cref="LinuxException"><see cref="Errno.ENOENT"/>: a symbol is missing (see the kernel log).</exception>
    public static bool Load(string path, string parameters = "")
    {
        ArgumentNullException.ThrowIfNull(path);
        using SafeFileHandle file = Descriptors.Open(path, OpenFlags.ReadOnly);
        using NativeStrings text = new([parameters]);
        nint flags = path.EndsWith(".ko", StringComparison.Ordinal) ? 0 : CompressedFile;

        bool taken = false;
        try
        {
            file.DangerousAddRef(ref taken);
            if (Syscall(SystemCalls.FinitModule, file.DangerousGetHandle(), (nint)text.Pointer[0], flags) == 0)
            {
                return true;
            }

            return (Errno)Marshal.GetLastPInvokeError() is Errno.EEXIST
                ? false
                : throw LinuxException.FromLastError("finit_module", path);
        }
        finally
        {
            if (taken)
            {
                file.DangerousRelease();
            }
        }
    }

    /// <summary>Unloads a module by name.</summary>
    /// <returns>False when it is not loaded.</returns>
    /// <exception cref="LinuxException"><see cref="Errno.EAGAIN"/>: in use.</exception>
    public static bool Unload(string name)
    {
        using NativeStrings text = new([name]);
        if (Syscall(SystemCalls.DeleteModule, (nint)text.Pointer[0], NonBlocking, 0) == 0)
        {
            return true;
        }

        return (Errno)Marshal.GetLastPInvokeError() is Errno.ENOENT
            ? false
            : throw LinuxException.FromLastError("delete_module", name);
    }

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint Syscall(nint number, nint a, nint b, nint c);
}
