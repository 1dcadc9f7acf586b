using Talos.Api.Machine;

namespace Talos.Machined.Api.Proc;

/// <summary>Reads <c>/proc/stat</c>; processor times become seconds.</summary>
internal static class StatText
{
    /// <summary>Ticks a second of the times in procfs: USER_HZ, 100 on every Linux architecture we run on.</summary>
    public const double TicksPerSecond = 100;

    public static SystemStat Parse(string text)
    {
        SystemStat stat = new();
        foreach (string line in ProcText.Lines(text))
        {
            string[] words = ProcText.Words(line);
            switch (words[0])
            {
                case "cpu":
                    stat.CpuTotal = Times(words);
                    break;
                case "btime":
                    stat.BootTime = ProcText.Number(words, 1);
                    break;
                case "ctxt":
                    stat.ContextSwitches = ProcText.Number(words, 1);
                    break;
                case "processes":
                    stat.ProcessCreated = ProcText.Number(words, 1);
                    break;
                case "procs_running":
                    stat.ProcessRunning = ProcText.Number(words, 1);
                    break;
                case "procs_blocked":
                    stat.ProcessBlocked = ProcText.Number(words, 1);
                    break;
                case "intr":
                    stat.IrqTotal = ProcText.Number(words, 1);
                    stat.Irq.AddRange(Enumerable.Range(2, Math.Max(0, words.Length - 2)).Select(i => ProcText.Number(words, i)));
                    break;
                case "softirq":
                    stat.SoftIrqTotal = ProcText.Number(words, 1);
                    stat.SoftIrq = SoftIrqs(words);
                    break;
                case var name when name.StartsWith("cpu", StringComparison.Ordinal):
                    stat.Cpu.Add(Times(words));
                    break;
            }
        }

        return stat;
    }

    private static CPUStat Times(string[] words) => new()
    {
        User = Seconds(words, 1),
        Nice = Seconds(words, 2),
        System = Seconds(words, 3),
        Idle = Seconds(words, 4),
        Iowait = Seconds(words, 5),
        Irq = Seconds(words, 6),
        SoftIrq = Seconds(words, 7),
        Steal = Seconds(words, 8),
        Guest = Seconds(words, 9),
        GuestNice = Seconds(words, 10),
    };

    private static SoftIRQStat SoftIrqs(string[] words) => new()
    {
        Hi = ProcText.Number(words, 2),
        Timer = ProcText.Number(words, 3),
        NetTx = ProcText.Number(words, 4),
        NetRx = ProcText.Number(words, 5),
        Block = ProcText.Number(words, 6),
        BlockIoPoll = ProcText.Number(words, 7),
        Tasklet = ProcText.Number(words, 8),
        Sched = ProcText.Number(words, 9),
        Hrtimer = ProcText.Number(words, 10),
        Rcu = ProcText.Number(words, 11),
    };

    private static double Seconds(string[] words, int index) => ProcText.Number(words, index) / TicksPerSecond;
}
