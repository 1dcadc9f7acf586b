using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Talos.Linux;

/// <summary>Device-mapper devices.</summary>
/// <remarks>Source: linux/dm-ioctl.h, interface version 4.</remarks>
public static unsafe class DeviceMapper
{
    internal const int HeaderSize = 312, TargetSize = 40, ReadOnlyFlag = 1;
    internal const uint Create = 3, Remove = 4, Suspend = 6, TableLoad = 9;

    private const string Control = "/dev/mapper/control";

    /// <summary>Makes a read-only verity device.</summary>
    /// <param name="name">Its device-mapper name.</param>
    /// <param name="target">What it verifies.</param>
    /// <returns>The device node, <c>/dev/dm-N</c>.</returns>
    /// <exception cref="LinuxException">The table is refused (see the kernel log); the half-made device is removed.</exception>
    public static string CreateVerity(string name, VerityTarget target)
    {
        ArgumentNullException.ThrowIfNull(target);
        using SafeFileHandle control = Descriptors.Open(Control, OpenFlags.ReadWrite);

        byte[] created = Request(name, HeaderSize, 0, 0);
        Call(control, Create, created, "DM_DEV_CREATE", name);
        try
        {
            Call(control, TableLoad, Table(name, target), "DM_TABLE_LOAD", $"{name} \"{target.Parameters}\"");
            Call(control, Suspend, Request(name, HeaderSize, 0, 0), "DM_DEV_SUSPEND", name);
        }
        catch (LinuxException)
        {
            Call(control, Remove, Request(name, HeaderSize, 0, 0), "DM_DEV_REMOVE", name);
            throw;
        }

        ulong device = MemoryMarshal.Read<ulong>(created.AsSpan(40));
        ulong minor = (device & 0xFF) | ((device >> 12) & ~0xFFUL);
        return $"/dev/dm-{minor}";
    }

    /// <summary>Removes a device.</summary>
    public static void RemoveDevice(string name)
    {
        using SafeFileHandle control = Descriptors.Open(Control, OpenFlags.ReadWrite);
        Call(control, Remove, Request(name, HeaderSize, 0, 0), "DM_DEV_REMOVE", name);
    }

    /// <summary><c>struct dm_ioctl</c>: version, data_size at 12, data_start 16, target_count 20, flags 28, dev 40, name 48.</summary>
    internal static byte[] Request(string name, int size, uint flags, uint targets)
    {
        byte[] request = new byte[size];
        Put(request, 0, 4);
        Put(request, 12, (uint)size);
        Put(request, 16, HeaderSize);
        Put(request, 20, targets);
        Put(request, 28, flags);
        if (Encoding.ASCII.GetBytes(name, request.AsSpan(48, 127)) == 0)
        {
            throw new ArgumentException("a device needs a name", nameof(name));
        }

        return request;
    }

    /// <summary>Header, <c>struct dm_target_spec</c> (start 0, length 8, next 20, type 24) and the parameters.</summary>
    internal static byte[] Table(string name, VerityTarget target)
    {
        byte[] parameters = Encoding.ASCII.GetBytes(target.Parameters);
        int body = TargetSize + ((parameters.Length + 1 + 7) & ~7);
        byte[] request = Request(name, HeaderSize + body, ReadOnlyFlag, 1);
        Span<byte> spec = request.AsSpan(HeaderSize);
        MemoryMarshal.Write(spec[8..], target.Sectors);
        Put(spec, 20, (uint)body);
        "verity"u8.CopyTo(spec[24..]);
        parameters.CopyTo(spec[TargetSize..]);
        return request;
    }

    private static void Put(Span<byte> target, int offset, uint value) => MemoryMarshal.Write(target[offset..], value);

    private static void Call(SafeFileHandle control, uint number, byte[] request, string call, string subject)
    {
        nuint code = (3U << 30) | ((uint)HeaderSize << 16) | (0xFDU << 8) | number;
        fixed (byte* data = request)
        {
            Descriptors.Ioctl(control, code, data, call, subject);
        }
    }
}
