using System.Runtime.InteropServices;

namespace Talos.Linux;

/// <summary>A filter of system calls that stays over exec and fork and cannot be taken off. Source: seccomp(2); linux/filter.h, linux/seccomp.h, linux/audit.h.</summary>
internal static unsafe partial class SystemCallFilter
{
    internal const int SetSeccomp = 22, FilterMode = 2;
    internal const uint Allow = 0x7FFF_0000, KillProcess = 0x8000_0000, Errno = 0x0005_0000;
    internal const uint AuditX64 = 0xC000_003E, AuditArm64 = 0xC000_00B7;
    internal const ushort LoadWord = 0x20, JumpEqual = 0x15, JumpAtLeast = 0x35, Return = 0x06;
    internal const int NumberOffset = 0, ArchitectureOffset = 4;

    private const uint PermissionDenied = 1;

    /// <summary>Calls of the 32-bit pointers interface of x64 begin here; they would get around the list.</summary>
    private const uint X32 = 0x4000_0000;

    /// <summary>Denies the calls of a list to this process from here on; it must have given up new privileges, or be root.</summary>
    public static void Apply(DeniedCalls list)
    {
        Instruction[] program = Build(list, RuntimeInformation.ProcessArchitecture);
        fixed (Instruction* first = program)
        {
            Program loaded = new() { Length = (ushort)program.Length, Instructions = first };
            if (PrCtl(SetSeccomp, FilterMode, (nuint)(&loaded), 0, 0) != 0)
            {
                throw LinuxException.FromLastError("prctl", $"PR_SET_SECCOMP {list}");
            }
        }
    }

    /// <summary>The program: another architecture kills, a listed call is denied, everything else is allowed.</summary>
    internal static Instruction[] Build(DeniedCalls list, Architecture architecture)
    {
        IReadOnlyList<uint> denied = DeniedCallTable.NumbersOf(list, architecture);
        List<Instruction> program =
        [
            new(LoadWord, 0, 0, ArchitectureOffset),
            new(JumpEqual, 1, 0, architecture is Architecture.Arm64 ? AuditArm64 : AuditX64),
            new(Return, 0, 0, KillProcess),
            new(LoadWord, 0, 0, NumberOffset),
            new(JumpAtLeast, (byte)(denied.Count + 1), 0, X32),
        ];
        for (int i = 0; i < denied.Count; i++)
        {
            program.Add(new Instruction(JumpEqual, (byte)(denied.Count - i), 0, denied[i]));
        }

        program.Add(new Instruction(Return, 0, 0, Allow));
        program.Add(new Instruction(Return, 0, 0, Errno | PermissionDenied));
        return [.. program];
    }

    [LibraryImport("libc", EntryPoint = "prctl", SetLastError = true)]
    private static partial int PrCtl(int option, nuint a, nuint b, nuint c, nuint d);

    /// <summary><c>struct sock_filter</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal readonly record struct Instruction(ushort Code, byte JumpTrue, byte JumpFalse, uint Operand);

    /// <summary><c>struct sock_fprog</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct Program
    {
        public ushort Length;
        public Instruction* Instructions;
    }
}
