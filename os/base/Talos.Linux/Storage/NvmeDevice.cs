using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Talos.Linux;

/// <summary>Questions to the controller behind an NVMe disk.</summary>
/// <remarks>Source: linux/nvme_ioctl.h; NVM Express Base Specification 2.0, Get Log Page.</remarks>
public static unsafe class NvmeDevice
{
    internal const nuint AdminCommand = 0xC048_4E41;

    private const byte GetLogPage = 2;
    private const uint AllNamespaces = 0xFFFF_FFFF;
    private const uint LimitMilliseconds = 10_000;

    /// <summary>Reads the first bytes of a log of the controller; takes <see cref="Capability.SysAdmin"/>.</summary>
    /// <param name="path">Device node of a namespace or of the controller.</param>
    /// <param name="identifier">Which log.</param>
    /// <param name="log">Filled whole; its length is a multiple of 4.</param>
    /// <returns>0, or the status the controller refused with.</returns>
    /// <exception cref="LinuxException">The command did not get through, or the controller is gone.</exception>
    public static int ReadLog(string path, byte identifier, Span<byte> log)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(log.Length % 4, 0);
        using SafeFileHandle device = Descriptors.Open(path, OpenFlags.ReadOnly);
        fixed (byte* data = log)
        {
            PassthroughCommand command = new()
            {
                Opcode = GetLogPage,
                Namespace = AllNamespaces,
                Data = (ulong)data,
                DataLength = (uint)log.Length,
                // Words to give, less one, and which log.
                Word10 = (((uint)log.Length / 4) - 1) << 16 | identifier,
                Timeout = LimitMilliseconds,
            };
            return Descriptors.Ioctl(device, AdminCommand, &command, "NVME_IOCTL_ADMIN_CMD", $"{path}: log {identifier:x2}h");
        }
    }

    /// <summary><c>struct nvme_passthru_cmd</c>.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 72)]
    internal struct PassthroughCommand
    {
        [FieldOffset(0)] public byte Opcode;
        [FieldOffset(4)] public uint Namespace;
        [FieldOffset(24)] public ulong Data;
        [FieldOffset(36)] public uint DataLength;
        [FieldOffset(40)] public uint Word10;
        [FieldOffset(64)] public uint Timeout;
    }
}
