using System.Runtime.InteropServices;

namespace Talos.Linux;

/// <summary>The program this process runs.</summary>
public static unsafe partial class ProcessImage
{
    internal const int SignalPipe = 13, SetMask = 2;

    /// <summary>Becomes another program: same process id and descriptors that are not close-on-exec.</summary>
    /// <param name="path">Absolute path.</param>
    /// <param name="name">argv[0].</param>
    /// <param name="arguments">Arguments after argv[0].</param>
    /// <param name="environment">Variables as NAME=VALUE; empty keeps those of this process.</param>
    /// <exception cref="LinuxException">It returns only by this: the program is absent or cannot be executed.</exception>
    /// <remarks>Source: execve(2). SIGPIPE, which the .NET runtime ignores, and the signal mask are set to their defaults before.</remarks>
    public static void Replace(string path, string name, ReadOnlySpan<string> arguments, ReadOnlySpan<string> environment = default)
    {
        byte* empty = stackalloc byte[Spawner.SignalSetSize];
        new Span<byte>(empty, Spawner.SignalSetSize).Clear();
        _ = SetSignal(SignalPipe, 0);
        _ = SignalMask(SetMask, empty, null);

        using NativeStrings file = new([path]);
        using NativeStrings argv = new([name, .. arguments]);
        using NativeStrings envp = new([.. environment]);
        _ = environment.IsEmpty ? Execv(file.Pointer[0], argv.Pointer) : Execve(file.Pointer[0], argv.Pointer, envp.Pointer);
        throw LinuxException.FromLastError("execve", path);
    }

    [LibraryImport("libc", EntryPoint = "execv", SetLastError = true)]
    private static partial int Execv(byte* path, byte** arguments);

    [LibraryImport("libc", EntryPoint = "execve", SetLastError = true)]
    private static partial int Execve(byte* path, byte** arguments, byte** environment);

    [LibraryImport("libc", EntryPoint = "signal", SetLastError = true)]
    private static partial nint SetSignal(int signal, nint handler);

    [LibraryImport("libc", EntryPoint = "sigprocmask", SetLastError = true)]
    private static partial int SignalMask(int how, byte* set, byte* old);
}
