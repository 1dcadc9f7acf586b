using System.Runtime.InteropServices;

namespace Talos.Linux;

/// <summary>What reboot(2) does. Source: linux/reboot.h.</summary>
public enum RebootCommand : uint
{
    /// <summary>Resets the machine.</summary>
    Restart = 0x0123_4567,
    /// <summary>Stops the processors.</summary>
    Halt = 0xCDEF_0123,
    /// <summary>Switches the power off.</summary>
    PowerOff = 0x4321_FEDC,
    /// <summary>Starts the kernel that was loaded with kexec.</summary>
    Kexec = 0x4558_4543,
    /// <summary>Makes ctrl-alt-del send SIGINT to PID 1 instead of resetting.</summary>
    DisableCtrlAltDel = 0,
}

/// <summary>The machine as a whole.</summary>
public static partial class Machine
{
    // Source: linux/reboot.h: LINUX_REBOOT_MAGIC1, LINUX_REBOOT_MAGIC2, LINUX_REBOOT_CMD_RESTART2.
    internal const uint Magic1 = 0xFEE1_DEAD, Magic2 = 672_274_793, RestartWithArgument = 0xA1B2_C3D4;

    /// <summary>Carries out <paramref name="command"/> at once: nothing is stopped, unmounted or synced before.</summary>
    /// <remarks>Source: reboot(2); needs CAP_SYS_BOOT.</remarks>
    public static void Reboot(RebootCommand command)
    {
        if (RebootNative((int)command) != 0)
        {
            throw LinuxException.FromLastError("reboot", command.ToString());
        }
    }

    /// <summary>Resets the machine at once and hands the boot loader a word, such as <c>0 tryboot</c> on a Raspberry Pi.</summary>
    /// <remarks>Source: reboot(2); the C library has no function for this form.</remarks>
    public static void RestartWith(string argument)
    {
        if (Syscall(SystemCalls.Reboot, unchecked((nint)Magic1), (nint)Magic2, unchecked((nint)RestartWithArgument), argument) != 0)
        {
            throw LinuxException.FromLastError("reboot", argument);
        }
    }

    [LibraryImport("libc", EntryPoint = "reboot", SetLastError = true)]
    private static partial int RebootNative(int command);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint Syscall(nint number, nint magic1, nint magic2, nint command, string argument);
}
