using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Talos.Linux;

/// <summary>Memory of this process that an idle daemon can do without.</summary>
/// <remarks>Source: madvise(2), malloc_trim(3), proc_pid_smaps(5).</remarks>
public static partial class OwnMemory
{
    internal const int DontNeed = 4;

    /// <summary>How often a daemon looks whether its last work left memory behind.</summary>
    public static readonly TimeSpan TrimInterval = TimeSpan.FromMinutes(1);

    /// <summary>Trims when work has left memory behind, until cancelled; a quiet heap is otherwise never compacted.</summary>
    public static async Task TrimAsync(TimeProvider time, CancellationToken ct)
    {
        TrimPlan plan = TrimPlan.AtStart;
        while (!ct.IsCancellationRequested)
        {
            await Task.Delay(TrimInterval, time, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (ct.IsCancellationRequested)
            {
                return;
            }

            (plan, bool due) = plan.Next(Resident());
            if (due)
            {
                Trim();
            }
        }
    }

    /// <summary>Resident memory of this process in bytes; 0 when it is not known.</summary>
    /// <remarks>Source: proc_pid_statm(5), the second field, in pages.</remarks>
    private static long Resident()
    {
        try
        {
            string[] fields = Encoding.ASCII.GetString(KernelFiles.ReadBytes("/proc/self/statm")).Split(' ');
            return fields.Length > 1 ? long.Parse(fields[1], CultureInfo.InvariantCulture) * Environment.SystemPageSize : 0;
        }
        catch (Exception e) when (e is IOException or FormatException)
        {
            return 0;
        }
    }

    /// <summary>Compacts the heaps and lets go of code: what is called again comes from the page cache.</summary>
    public static void Trim()
    {
        foreach ((ulong start, ulong end) in UntouchedCode(File.ReadLines("/proc/self/smaps")))
        {
            // A kernel that refuses keeps the pages, and nothing else happens.
            _ = Advise((nint)start, (nuint)(end - start), DontNeed);
        }

        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        _ = MallocTrim(0);
    }

    /// <summary>Mappings of code that are as they are in their files: letting go of them loses nothing.</summary>
    internal static IReadOnlyList<(ulong Start, ulong End)> UntouchedCode(IEnumerable<string> smaps)
    {
        List<(ulong Start, ulong End)> code = [];
        (ulong Start, ulong End)? current = null;
        foreach (string line in smaps)
        {
            if (line.StartsWith("Anonymous:", StringComparison.Ordinal))
            {
                if (current is { } found && line.AsSpan("Anonymous:".Length).Trim() is "0 kB")
                {
                    code.Add(found);
                }

                current = null;
            }
            else if (line.Contains(" r-xp ", StringComparison.Ordinal) && line.Contains(" /", StringComparison.Ordinal))
            {
                current = Range(line);
            }
        }

        return code;
    }

    private static (ulong Start, ulong End)? Range(string line)
    {
        int dash = line.IndexOf('-', StringComparison.Ordinal);
        int space = line.IndexOf(' ', StringComparison.Ordinal);
        return dash > 0 && space > dash
            && ulong.TryParse(line.AsSpan(0, dash), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong start)
            && ulong.TryParse(line.AsSpan(dash + 1, space - dash - 1), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong end)
            && end > start
                ? (start, end)
                : null;
    }

    [LibraryImport("libc", EntryPoint = "madvise", SetLastError = true)]
    private static partial int Advise(nint start, nuint length, int advice);

    [LibraryImport("libc", EntryPoint = "malloc_trim")]
    private static partial int MallocTrim(nuint keep);
}
