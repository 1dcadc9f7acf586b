using System.Runtime.InteropServices;

namespace Talos.Linux;

/// <summary>Numbers of system calls the C library of Debian 12 does not wrap. Source: asm/unistd.h of each architecture.</summary>
internal static class SystemCalls
{
    internal static nint FinitModule => FinitModuleOn(RuntimeInformation.ProcessArchitecture);

    internal static nint DeleteModule => DeleteModuleOn(RuntimeInformation.ProcessArchitecture);

    internal static nint Reboot => RebootOn(RuntimeInformation.ProcessArchitecture);

    internal static nint PidFdSendSignal => 424;

    internal static nint PidFdOpen => 434;

    internal static nint FinitModuleOn(Architecture architecture) => architecture is Architecture.Arm64 ? 273 : 313;

    internal static nint DeleteModuleOn(Architecture architecture) => architecture is Architecture.Arm64 ? 106 : 176;

    internal static nint RebootOn(Architecture architecture) => architecture is Architecture.Arm64 ? 142 : 169;
}
