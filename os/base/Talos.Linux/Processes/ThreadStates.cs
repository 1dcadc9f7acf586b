using System.Globalization;
using System.Text;

namespace Talos.Linux;

/// <summary>What the threads of processes do at this moment, as the kernel sees it: works for a process that stands still.</summary>
/// <remarks>Source: proc_pid_stat(5), proc_pid_wchan(5), proc_pid_syscall(5), proc_pid_stack(5). What cannot be read is left out.</remarks>
public static class ThreadStates
{
    /// <summary>Processes, threads a process, and frames a thread that are told of.</summary>
    public const int MaxProcesses = 32, MaxThreads = 48, MaxFrames = 16;

    /// <summary>A line a thread of every process that is not the kernel's own, PID 1 first.</summary>
    public static IEnumerable<string> OfAll() => Numbers("/proc").Order().Where(pid => !IsKernels(pid)).Take(MaxProcesses).SelectMany(Of);

    /// <summary>A line a thread of one process.</summary>
    public static IEnumerable<string> Of(int pid)
    {
        foreach (int thread in Numbers($"/proc/{pid}/task").Order().Take(MaxThreads))
        {
            string folder = $"/proc/{pid}/task/{thread}/";
            yield return Line(
                pid, thread, Read(folder + "comm"), Read(folder + "stat"), Read(folder + "wchan"), Read(folder + "syscall"), Read(folder + "stack"));
        }
    }

    /// <summary>Words one thread; each text is the file of that name, empty when it could not be read.</summary>
    internal static string Line(int pid, int thread, string name, string stat, string wchan, string syscall, string stack)
    {
        StringBuilder line = new();
        line.Append(CultureInfo.InvariantCulture, $"process {pid} thread {thread} {name.Trim()}: {State(stat)}");
        Add("waits in", wchan.Trim() is "0" ? "" : wchan.Trim());
        Add("system call", syscall.Trim());
        Add("stack", string.Join(" < ", stack.Split('\n', StringSplitOptions.RemoveEmptyEntries).Take(MaxFrames).Select(Frame)));
        return line.ToString();

        void Add(string what, string text)
        {
            if (text.Length > 0)
            {
                line.Append(", ").Append(what).Append(' ').Append(text);
            }
        }
    }

    /// <summary><c>[&lt;0&gt;] futex_wait_queue+0x60/0x90</c> without its address.</summary>
    private static string Frame(string line) => line[(line.IndexOf(']', StringComparison.Ordinal) + 1)..].Trim();

    /// <summary>The letter after the name, which may hold anything.</summary>
    private static string State(string stat) =>
        stat.LastIndexOf(')') is >= 0 and int end && stat.Length > end + 2 ? stat[(end + 2)..(end + 3)] : "gone";

    private static bool IsKernels(int pid)
    {
        string stat = Read($"/proc/{pid}/stat");
        string[] fields = stat[(stat.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        const int Parent = 1, KernelThreads = 2;
        return pid == KernelThreads || fields.Length <= Parent || fields[Parent] == "2";
    }

    private static IEnumerable<int> Numbers(string folder)
    {
        try
        {
            return [.. Directory.GetDirectories(folder).Select(Path.GetFileName).Select(Number).Where(id => id > 0)];
        }
        catch (IOException)
        {
            return [];
        }
    }

    private static int Number(string? name) => int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out int id) ? id : 0;

    private static string Read(string path)
    {
        try
        {
            return Encoding.UTF8.GetString(KernelFiles.ReadBytes(path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
