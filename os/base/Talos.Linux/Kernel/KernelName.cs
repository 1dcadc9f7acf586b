using System.Runtime.InteropServices;
using System.Text;

namespace Talos.Linux;

/// <summary>Name and version of the running kernel. Source: uname(2).</summary>
/// <param name="System"><c>Linux</c>.</param>
/// <param name="Release">E.g. <c>6.12.48</c>; the name of the module directory.</param>
/// <param name="Version">Build number and date.</param>
/// <param name="Machine">E.g. <c>aarch64</c>.</param>
public sealed partial record KernelName(string System, string Release, string Version, string Machine)
{
    /// <summary>Length of one field of <c>struct utsname</c>, sys/utsname.h.</summary>
    internal const int Field = 65;

    /// <summary>Asks the kernel.</summary>
    public static unsafe KernelName Get()
    {
        byte* data = stackalloc byte[6 * Field];
        if (Uname(data) != 0)
        {
            throw LinuxException.FromLastError("uname", "");
        }

        return new KernelName(Read(0), Read(2), Read(3), Read(4));

        string Read(int index)
        {
            ReadOnlySpan<byte> field = new(data + (index * Field), Field);
            int end = field.IndexOf((byte)0);
            return Encoding.UTF8.GetString(field[..(end < 0 ? Field : end)]);
        }
    }

    [LibraryImport("libc", EntryPoint = "uname", SetLastError = true)]
    private static unsafe partial int Uname(byte* data);
}
