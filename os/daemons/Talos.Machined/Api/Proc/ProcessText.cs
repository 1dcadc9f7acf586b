using Talos.Api.Machine;

namespace Talos.Machined.Api.Proc;

/// <summary>Reads <c>/proc/PID/stat</c> and its neighbours.</summary>
/// <remarks>Source: proc_pid_stat(5).</remarks>
internal static class ProcessText
{
    private const ulong PageSize = 4096;

    /// <summary>What the files of one process say; null when <paramref name="stat"/> is not of the known form.</summary>
    /// <param name="stat">Content of <c>stat</c>.</param>
    /// <param name="commandLine">Content of <c>cmdline</c>: words, each ended by a zero byte.</param>
    /// <param name="executable">Target of <c>exe</c>; empty for a kernel thread.</param>
    /// <param name="label">Content of <c>attr/current</c>; empty without a security module.</param>
    public static ProcessInfo? Parse(string stat, string commandLine, string executable, string label)
    {
        // The name stands in parentheses and may itself hold blanks and parentheses.
        int open = stat.IndexOf('(', StringComparison.Ordinal);
        int close = stat.LastIndexOf(')');
        if (open < 0 || close < open || !int.TryParse(stat.AsSpan(0, open).Trim(), out int pid))
        {
            return null;
        }

        string[] words = ProcText.Words(stat[(close + 1)..]);
        return words.Length < 22 ? null : new ProcessInfo
        {
            Pid = pid,
            State = words[0],
            Ppid = (int)ProcText.Number(words, 1),
            CpuTime = (ProcText.Number(words, 11) + ProcText.Number(words, 12)) / StatText.TicksPerSecond,
            Threads = (int)ProcText.Number(words, 17),
            VirtualMemory = ProcText.Number(words, 20),
            ResidentMemory = ProcText.Number(words, 21) * PageSize,
            Command = stat[(open + 1)..close],
            Executable = executable,
            Args = string.Join(' ', commandLine.TrimEnd('\0').Split('\0')),
            Label = label.TrimEnd('\0', '\n'),
        };
    }
}
