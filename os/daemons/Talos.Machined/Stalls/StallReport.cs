using Talos.Linux;

namespace Talos.Machined.Stalls;

/// <summary>Brings what every thread does to the console, while there is still somebody to do so.</summary>
internal static class StallReport
{
    /// <summary>Lines of threads; the console of a board is slow.</summary>
    public const int MaxLines = 200;

    /// <summary>Blocked tasks, then what each processor executes. Source: Linux, Documentation/admin-guide/sysrq.rst.</summary>
    private const string KernelReports = "wl";

    /// <summary>Writes the report.</summary>
    /// <param name="why">What stands still, and since when.</param>
    public static void Write(string why)
    {
        try
        {
            using KmsgWriter kmsg = KmsgWriter.Open();
            Write(why, ThreadStates.OfAll(), line => kmsg.Write(KmsgPriority.Warning, line));
            foreach (char report in KernelReports)
            {
                File.WriteAllText("/proc/sysrq-trigger", report.ToString());
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // There is no other place, and the boot may still go on.
        }
    }

    /// <summary>Writes the lines of the report, bounded.</summary>
    internal static void Write(string why, IEnumerable<string> threads, Action<string> write)
    {
        write($"[talos] stall: {why}; what every thread does:");
        int left = MaxLines;
        foreach (string line in threads)
        {
            if (left-- == 0)
            {
                write($"[talos] stall: more than {MaxLines} threads, the rest is left out");
                break;
            }

            write($"[talos] stall: {line}");
        }

        write("[talos] stall: end of the threads");
    }
}
