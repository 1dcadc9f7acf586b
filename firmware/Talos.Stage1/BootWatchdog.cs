using Talos.Linux;

namespace Talos.Stage1;

/// <summary>Arms the board's watchdog as early as possible: a first process that never comes to feed it resets the board.</summary>
internal static class BootWatchdog
{
    /// <summary>Kernel argument with the device.</summary>
    internal const string Argument = "talos.watchdog";

    /// <summary>Until machined takes over the feeding; slow boards and emulators included.</summary>
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(120);

    /// <summary>Arms it and lets go of it; a board that cannot do so boots all the same.</summary>
    internal static void Arm(KernelCommandLine line, BootLog log)
    {
        if (line.Find(Argument) is not { Length: > 0 } path)
        {
            return;
        }

        try
        {
            using Watchdog? watchdog = Watchdog.TryOpen(path);
            if (watchdog is null)
            {
                log.Warning($"no watchdog: {path} is not there");
                return;
            }

            log.Info($"watchdog {path} armed with {Limit(watchdog)}");
        }
        catch (LinuxException e)
        {
            log.Warning($"watchdog not armed: {e.Message}");
        }
    }

    private static string Limit(Watchdog watchdog)
    {
        try
        {
            return $"{watchdog.SetTimeout(Timeout).TotalSeconds:F0} s";
        }
        catch (LinuxException e) when (e.Error is Errno.EINVAL)
        {
            return "its driver's own time";
        }
    }
}
