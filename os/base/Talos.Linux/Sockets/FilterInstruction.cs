using System.Runtime.InteropServices;

namespace Talos.Linux;

/// <summary>One instruction of a classic BPF program.</summary>
/// <param name="Code">Operation.</param>
/// <param name="JumpTrue">Instructions to skip when the test holds.</param>
/// <param name="JumpFalse">Instructions to skip when it does not.</param>
/// <param name="Value">Operand.</param>
/// <remarks>Source: linux/filter.h, <c>struct sock_filter</c>, 8 bytes.</remarks>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct FilterInstruction(ushort Code, byte JumpTrue, byte JumpFalse, uint Value);
