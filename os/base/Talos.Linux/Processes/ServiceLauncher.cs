using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Talos.Linux;

/// <summary>The step between posix_spawn and a service: limits and privileges are set in the child, then it executes the service.</summary>
/// <remarks>
/// The node executable started as <c>init --launch OPTIONS -- PATH ARGUMENTS</c>. All settings are made before the
/// service runs its first instruction, so nothing of it ever runs outside its cgroup or with more privileges.
/// </remarks>
public static unsafe partial class ServiceLauncher
{
    /// <summary>argv[1] that asks <c>Main</c> to call <see cref="Run"/>.</summary>
    public const string Verb = "--launch";

    /// <summary>Exit code when a setting failed.</summary>
    public const int SettingFailed = 125;

    /// <summary>Exit code when the service could not be executed.</summary>
    public const int ExecFailed = 127;

    internal const int CoreLimit = 4, NoFileLimit = 7, DropBounding = 24, SetNoNewPrivileges = 38;

    /// <summary>Wraps <paramref name="child"/> so that it is started by way of the launcher.</summary>
    /// <param name="child">The service as it shall run.</param>
    /// <param name="options">What is set before.</param>
    /// <param name="launcher">The executable whose <c>Main</c> calls <see cref="Run"/>.</param>
    public static ChildOptions Wrap(ChildOptions child, LaunchOptions options, string launcher = "/proc/self/exe")
    {
        ArgumentNullException.ThrowIfNull(child);
        ArgumentNullException.ThrowIfNull(options);
        List<string> arguments = [Verb];
        Add("--cgroup", options.Cgroup);
        Add("--oom", options.OomScoreAdjustment?.ToString(CultureInfo.InvariantCulture));
        Add("--nofile", options.MaxOpenFiles?.ToString(CultureInfo.InvariantCulture));
        Add("--drop", options.DroppedCapabilities.Count == 0 ? null : string.Join(',', options.DroppedCapabilities.Select(c => (int)c)));
        Add("--no-core", options.NoCore ? "1" : null);
        Add("--no-new-privileges", options.NoNewPrivileges ? "1" : null);
        Add("--user", options.User?.ToString(CultureInfo.InvariantCulture));

        // The last setting: those before need calls that it may deny.
        Add("--deny", options.DeniedCalls is DeniedCalls.None ? null : options.DeniedCalls.ToString());
        Add("--name", child.Name);
        return child with { Path = launcher, Name = "init", Arguments = [.. arguments, "--", child.Path, .. child.Arguments] };

        void Add(string option, string? value)
        {
            if (value is not null)
            {
                arguments.Add($"{option}={value}");
            }
        }
    }

    /// <summary>Applies the options and executes the service; returns only when that failed.</summary>
    /// <param name="arguments">The arguments after argv[0], the first of them <see cref="Verb"/>.</param>
    /// <returns>The exit code for <c>Main</c>; the reason is on standard error.</returns>
    public static int Run(ReadOnlySpan<string> arguments)
    {
        int separator = arguments.IndexOf("--");
        if (separator < 1 || separator + 1 >= arguments.Length)
        {
            return Fail("launch: want --launch OPTIONS -- PATH ARGUMENTS", SettingFailed);
        }

        string path = arguments[separator + 1];
        string name = path;
        try
        {
            foreach (string option in arguments[1..separator])
            {
                int equals = option.IndexOf('=', StringComparison.Ordinal);
                string value = option[(equals + 1)..];
                if (equals > 0 && option[..equals] == "--name")
                {
                    name = value;
                }
                else
                {
                    Apply(equals > 0 ? option[..equals] : option, value);
                }
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException or OverflowException)
        {
            return Fail($"launch {path}: {e.Message}", SettingFailed);
        }

        return Execute(path, name, arguments[(separator + 2)..]);
    }

    private static void Apply(string option, string value)
    {
        switch (option)
        {
            case "--cgroup":
                WriteValue($"{Cgroup.Mount}/{value.Trim('/')}/cgroup.procs", "0");
                break;
            case "--oom":
                WriteValue("/proc/self/oom_score_adj", value);
                break;
            case "--nofile":
                ulong limit = ulong.Parse(value, CultureInfo.InvariantCulture);
                ulong* limits = stackalloc ulong[2];
                limits[0] = limits[1] = limit;
                Check(SetRLimit(NoFileLimit, limits), "setrlimit", $"RLIMIT_NOFILE {limit}");
                break;
            case "--drop":
                foreach (string capability in value.Split(','))
                {
                    nuint number = nuint.Parse(capability, CultureInfo.InvariantCulture);

                    // A capability that this kernel does not know is one that nobody has.
                    if (PrCtl(DropBounding, number, 0, 0, 0) != 0 && (Errno)Marshal.GetLastPInvokeError() is not Errno.EINVAL)
                    {
                        throw LinuxException.FromLastError("prctl", $"PR_CAPBSET_DROP {capability}");
                    }
                }

                break;
            case "--no-core":
                ulong* none = stackalloc ulong[2];
                none[0] = none[1] = 0;
                Check(SetRLimit(CoreLimit, none), "setrlimit", "RLIMIT_CORE 0");
                break;
            case "--deny":
                SystemCallFilter.Apply(Enum.TryParse(value, out DeniedCalls list) ? list : throw new FormatException($"unknown list of system calls {value}"));
                break;
            case "--no-new-privileges":
                Check(PrCtl(SetNoNewPrivileges, 1, 0, 0, 0), "prctl", "PR_SET_NO_NEW_PRIVS");
                break;
            case "--user":
                uint user = uint.Parse(value, CultureInfo.InvariantCulture);
                Check(SetGroups(0, null), "setgroups", "");
                Check(SetResGid(user, user, user), "setresgid", value);
                Check(SetResUid(user, user, user), "setresuid", value);
                break;
            default:
                throw new FormatException($"unknown option {option}");
        }
    }

    private static int Execute(string path, string name, ReadOnlySpan<string> arguments)
    {
        try
        {
            ProcessImage.Replace(path, name, arguments);
            throw new UnreachableException();
        }
        catch (LinuxException e)
        {
            return Fail(e.Message, ExecFailed);
        }
    }

    private static void WriteValue(string path, string value)
    {
        using SafeFileHandle file = Descriptors.Open(path, OpenFlags.WriteOnly);
        Descriptors.Write(file, Encoding.ASCII.GetBytes(value), path);
    }

    private static void Check(int result, string call, string subject)
    {
        if (result != 0)
        {
            throw LinuxException.FromLastError(call, subject);
        }
    }

    private static int Fail(string message, int code)
    {
        using SafeFileHandle error = new(2, ownsHandle: false);
        Descriptors.Write(error, Encoding.UTF8.GetBytes(message + "\n"), "standard error");
        return code;
    }

    [LibraryImport("libc", EntryPoint = "setrlimit", SetLastError = true)]
    private static partial int SetRLimit(int resource, ulong* limits);

    [LibraryImport("libc", EntryPoint = "prctl", SetLastError = true)]
    private static partial int PrCtl(int option, nuint a, nuint b, nuint c, nuint d);

    [LibraryImport("libc", EntryPoint = "setgroups", SetLastError = true)]
    private static partial int SetGroups(nuint count, uint* groups);

    [LibraryImport("libc", EntryPoint = "setresgid", SetLastError = true)]
    private static partial int SetResGid(uint real, uint effective, uint saved);

    [LibraryImport("libc", EntryPoint = "setresuid", SetLastError = true)]
    private static partial int SetResUid(uint real, uint effective, uint saved);
}
