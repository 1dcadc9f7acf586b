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
    /// <summary>Carries out <paramref name="command"/> at once: nothing is stopped, unmounted or synced before.</summary>
    /// <remarks>Source: reboot(2); needs CAP_SYS_BOOT.</remarks>
    public static void Reboot(RebootCommand command)
    {
        if (RebootNative((int)command) != 0)
        {
            throw LinuxException.FromLastError("reboot", command.ToString());
        }
    }

    [LibraryImport("libc", EntryPoint = "reboot", SetLastError = true)]
    private static partial int RebootNative(int command);
}
