using Google.Protobuf.WellKnownTypes;
using Talos.Api.Machine;

namespace Talos.E2e.Tests.Bench;

/// <summary>What an idle node costs in CPU time: our daemons beside kubelet and container runtime, in the same two minutes.</summary>
[Collection("node")]
[Trait("Category", "Bench")]
public sealed class IdleBench(NodeFixture node, ITestOutputHelper output)
{
    private static readonly string[] Own = ["machined", "init", "apid", "trustd", "udevd", "fleet-agent"];

    private static readonly TimeSpan Settle = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan Measured = TimeSpan.FromSeconds(120);

    [Fact]
    public async Task The_daemons_cost_little_when_nothing_happens()
    {
        await node.UntilPageAsync(node.Machine.Web(8080), "It works");
        await Task.Delay(Settle, TestContext.Current.CancellationToken);

        Dictionary<string, double> before = await SecondsAsync();
        await Task.Delay(Measured, TestContext.Current.CancellationToken);
        Dictionary<string, double> after = await SecondsAsync();

        // One question is in the figures: that of the second look.
        double own = 0;
        foreach ((string name, double seconds) in after
            .Select(p => (p.Key, p.Value - before.GetValueOrDefault(p.Key)))
            .OrderByDescending(p => p.Item2))
        {
            own += Own.Contains(name) ? seconds : 0;
            output.WriteLine($"{name,-24} {seconds,6:F2} CPU s");
        }

        double kubelet = after["kubelet"] - before["kubelet"];
        output.WriteLine($"own daemons {own:F2} CPU s in {Measured.TotalSeconds:F0} s, {own / kubelet:P1} of the kubelet's {kubelet:F2} CPU s");
        Assert.InRange(own, 0, Measured.TotalSeconds);
    }

    /// <summary>CPU seconds by the name of the program; processes of one name together.</summary>
    private async Task<Dictionary<string, double>> SecondsAsync()
    {
        ProcessesResponse list = await new MachineService.MachineServiceClient(node.Admin).ProcessesAsync(new Empty());
        return list.Messages.Single().Processes
            .GroupBy(p => p.Pid == 1 ? "init" : Path.GetFileName(p.Args.Split(' ')[0]), StringComparer.Ordinal)
            .Where(g => g.Key.Length > 0)
            .ToDictionary(g => g.Key, g => g.Sum(p => p.CpuTime), StringComparer.Ordinal);
    }
}
