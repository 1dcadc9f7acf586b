using Google.Protobuf.WellKnownTypes;
using Talos.Api.Machine;

namespace Talos.E2e.Tests.Bench;

/// <summary>What the OS itself keeps in memory on an idle node.</summary>
[Collection("node")]
[Trait("Category", "Bench")]
public sealed class MemoryBench(NodeFixture node, ITestOutputHelper output)
{
    private const int BudgetMiB = 64;

    private static readonly string[] Own = ["machined", "init", "apid", "trustd", "udevd"];

    [Fact]
    public async Task The_daemons_together_stay_within_their_budget()
    {
        await node.UntilPageAsync(node.Machine.Web(8080), "It works");

        // Idle: every daemon has trimmed itself once since the pod started.
        await Task.Delay(TimeSpan.FromSeconds(90));
        ProcessesResponse list = await new MachineService.MachineServiceClient(node.Admin).ProcessesAsync(new Empty());
        double sum = 0;
        foreach (ProcessInfo process in list.Messages.Single().Processes)
        {
            string name = Path.GetFileName(process.Args.Split(' ')[0]);
            if (process.Pid == 1 || (process.Ppid == 1 && Own.Contains(name)))
            {
                double pss = await PssMiBAsync(process.Pid);
                sum += pss;
                output.WriteLine($"{name,-12} PSS {pss,6:F1} MiB  RSS {process.ResidentMemory / 1048576.0,6:F1} MiB");
            }
            else if (name is "containerd" or "kubelet")
            {
                output.WriteLine($"{name,-12}                 RSS {process.ResidentMemory / 1048576.0,6:F1} MiB");
            }
        }

        output.WriteLine($"own daemons  PSS {sum:F1} MiB of {BudgetMiB} MiB");
        Assert.InRange(sum, 1, BudgetMiB);
    }

    private async Task<double> PssMiBAsync(int pid)
    {
        string rollup = (await node.Machine.TalosctlAsync("read", $"/proc/{pid}/smaps_rollup")).Expect();
        string line = rollup.Split('\n').First(l => l.StartsWith("Pss:", StringComparison.Ordinal));
        return double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], System.Globalization.CultureInfo.InvariantCulture) / 1024;
    }
}
