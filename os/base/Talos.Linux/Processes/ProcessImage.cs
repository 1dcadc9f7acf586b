using System.Runtime.InteropServices;

namespace Talos.Linux;

/// <summary>The program this process runs.</summary>
public static unsafe partial class ProcessImage
{
    internal const int SignalPipe = 13, SetMask = 2;

    /// <summary>Becomes another program: same process id, descriptors that are not close-on-exec, and environment.</summary>
    /// <param name="path">Absolute path.</param>
    /// <param name="name">argv[0].</param>
    /// <param name="arguments">Arguments after argv[0].</param>
    /// <exception cref="LinuxException">It returns only by this: the program is absent or cannot be executed.</exception>
    /// <remarks>Source: execv(3). SIGPIPE, which the .NET runtime ignores, and the signal mask are set to their defaults before.</remarks>
    public static void Replace(string path, string name, ReadOnlySpan<string> arguments)
    {
        byte* empty = stackalloc byte[Spawner.SignalSetSize];
        new Span<byte>(empty, Spawner.SignalSetSize).Clear();
        _ = SetSignal(SignalPipe, 0);
        _ = SignalMask(SetMask, empty, null);

        using NativeStrings file = new([path]);
        using NativeStrings argv = new([name, .. arguments]);
        _ = Execv(file.Pointer[0], argv.Pointer);
        throw LinuxException.FromLastError("execv", path);
    }

    [LibraryImport("libc", EntryPoint = "execv", SetLastError = true)]
    private static partial int Execv(byte* path, byte** arguments);

    [LibraryImport("libc", EntryPoint = "signal", SetLastError = true)]
    private static partial nint SetSignal(int signal, nint handler);

    [LibraryImport("libc", EntryPoint = "sigprocmask", SetLastError = true)]
    private static partial int SignalMask(int how, byte* set, byte* old);
}
