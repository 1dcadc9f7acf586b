using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Talos.Linux;

/// <summary>posix_spawn(3): the C library forks and executes without running managed code in the child.</summary>
/// <remarks>The child has default signal dispositions and an empty signal mask: the .NET runtime ignores SIGPIPE, which would last over exec.</remarks>
internal static unsafe partial class Spawner
{
    /// <summary>Room for <c>posix_spawnattr_t</c> (336 bytes), <c>posix_spawn_file_actions_t</c> (80) and <c>sigset_t</c> (128).</summary>
    internal const int AttributesSize = 336, FileActionsSize = 80, SignalSetSize = 128;

    internal const short SetSignalDefaults = 0x04, SetSignalMask = 0x08, SetSession = 0x80;

    private const int ReadOnly = 0, WriteOnly = 1;

    /// <summary>Starts a child and returns its process id.</summary>
    /// <exception cref="LinuxException">The executable is absent, not executable, or the system is out of processes.</exception>
    internal static int Start(ChildOptions options)
    {
        byte* attributes = stackalloc byte[AttributesSize];
        byte* actions = stackalloc byte[FileActionsSize];
        using NativeStrings path = new([options.Path]);
        using NativeStrings arguments = new([options.Name ?? options.Path, .. options.Arguments]);
        using NativeStrings environment = new([.. options.Environment.Select(e => $"{e.Key}={e.Value}")]);
        using NativeStrings paths = new(["/dev/null", options.WorkingDirectory]);
        using HeldDescriptors held = new();

        Check(AttributesInit(attributes), "posix_spawnattr_init", options.Path);
        Check(FileActionsInit(actions), "posix_spawn_file_actions_init", options.Path);
        try
        {
            SetAttributes(attributes, options);
            Redirect(actions, held, options.StandardInput, 0, paths.Pointer[0]);
            Redirect(actions, held, options.StandardOutput, 1, paths.Pointer[0]);
            Redirect(actions, held, options.StandardError, 2, paths.Pointer[0]);
            Check(AddCloseFrom(actions, 3), "posix_spawn_file_actions_addclosefrom_np", options.Path);
            Check(AddChangeDirectory(actions, paths.Pointer[1]), "posix_spawn_file_actions_addchdir_np", options.Path);

            int pid = 0;
            Check(Spawn(&pid, path.Pointer[0], actions, attributes, arguments.Pointer, environment.Pointer), "posix_spawn", options.Path);
            return pid;
        }
        finally
        {
            _ = FileActionsDestroy(actions);
            _ = AttributesDestroy(attributes);
        }
    }

    private static void SetAttributes(byte* attributes, ChildOptions options)
    {
        byte* signals = stackalloc byte[SignalSetSize];
        short flags = SetSignalDefaults | SetSignalMask;
        if (options.NewSession)
        {
            flags |= SetSession;
        }

        _ = FillSignals(signals);
        Check(SetDefaultSignals(attributes, signals), "posix_spawnattr_setsigdefault", options.Path);
        _ = EmptySignals(signals);
        Check(SetMask(attributes, signals), "posix_spawnattr_setsigmask", options.Path);
        Check(SetFlags(attributes, flags), "posix_spawnattr_setflags", options.Path);
    }

    private static void Redirect(byte* actions, HeldDescriptors held, SafeFileHandle? handle, int target, byte* devNull)
    {
        int error = handle is null
            ? AddOpen(actions, target, devNull, target == 0 ? ReadOnly : WriteOnly, 0)
            : AddDuplicate(actions, held.Take(handle), target);
        Check(error, "posix_spawn_file_actions", $"descriptor {target}");
    }

    private static void Check(int error, string call, string subject)
    {
        if (error != 0)
        {
            throw new LinuxException((Errno)error, call, subject);
        }
    }

    [LibraryImport("libc", EntryPoint = "posix_spawn")]
    private static partial int Spawn(int* pid, byte* path, void* actions, void* attributes, byte** arguments, byte** environment);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_init")]
    private static partial int AttributesInit(void* attributes);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_destroy")]
    private static partial int AttributesDestroy(void* attributes);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setflags")]
    private static partial int SetFlags(void* attributes, short flags);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setsigdefault")]
    private static partial int SetDefaultSignals(void* attributes, void* signals);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setsigmask")]
    private static partial int SetMask(void* attributes, void* signals);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_init")]
    private static partial int FileActionsInit(void* actions);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_destroy")]
    private static partial int FileActionsDestroy(void* actions);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_addopen")]
    private static partial int AddOpen(void* actions, int fd, byte* path, int flags, uint mode);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_adddup2")]
    private static partial int AddDuplicate(void* actions, int fd, int target);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_addclosefrom_np")]
    private static partial int AddCloseFrom(void* actions, int from);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_addchdir_np")]
    private static partial int AddChangeDirectory(void* actions, byte* path);

    [LibraryImport("libc", EntryPoint = "sigfillset")]
    private static partial int FillSignals(void* signals);

    [LibraryImport("libc", EntryPoint = "sigemptyset")]
    private static partial int EmptySignals(void* signals);

    /// <summary>Keeps handles open while the child is started.</summary>
    private sealed class HeldDescriptors : IDisposable
    {
        private readonly List<SafeFileHandle> _handles = [];

        internal int Take(SafeFileHandle handle)
        {
            bool taken = false;
            handle.DangerousAddRef(ref taken);
            _handles.Add(handle);
            return (int)handle.DangerousGetHandle();
        }

        public void Dispose()
        {
            foreach (SafeFileHandle handle in _handles)
            {
                handle.DangerousRelease();
            }
        }
    }
}

/// <summary>A null-terminated array of C strings.</summary>
internal sealed unsafe class NativeStrings : IDisposable
{
    private readonly int _count;

    internal NativeStrings(IReadOnlyList<string> strings)
    {
        _count = strings.Count;
        Pointer = (byte**)NativeMemory.AllocZeroed((nuint)_count + 1, (nuint)sizeof(byte*));
        for (int i = 0; i < _count; i++)
        {
            Pointer[i] = (byte*)Marshal.StringToCoTaskMemUTF8(strings[i]);
        }
    }

    internal byte** Pointer { get; }

    public void Dispose()
    {
        for (int i = 0; i < _count; i++)
        {
            Marshal.FreeCoTaskMem((nint)Pointer[i]);
        }

        NativeMemory.Free(Pointer);
    }
}
