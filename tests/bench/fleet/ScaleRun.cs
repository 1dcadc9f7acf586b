using System.Diagnostics;

namespace Talos.Fleet.Simulator;

/// <summary>How a hub grows with its nodes: memory a node, and messages a second with what they cost.</summary>
internal static class ScaleRun
{
    public static async Task<bool> RunAsync(HubProcess hub, int[] steps, int seconds, CancellationToken ct)
    {
        hub.Start();
        while (!File.Exists(Path.Combine(hub.Data, "admin.pem")))
        {
            await Task.Delay(50, ct);
        }

        using HubClient client = new(hub);
        await client.ReadyAsync(ct);
        (_, long empty) = hub.Usage();
        Console.WriteLine($"an idle hub: {empty / 1048576.0:f1} MiB");
        using Fleet fleet = new(hub, client);
        Console.WriteLine("| nodes | enrol: nodes/s | connect: nodes/s | hub CPU ms a connection | hub RSS MiB | KiB a node | telemetry/s | hub CPU s a million | state+event/s | hub CPU s a million |");
        Console.WriteLine("|---|---|---|---|---|---|---|---|---|---|");
        foreach (int step in steps)
        {
            int more = step - fleet.Nodes.Count;
            Stopwatch clock = Stopwatch.StartNew();
            await fleet.EnrollAsync(more, _ => (false, TimeSpan.Zero), again: false, ct);
            double enrol = more / clock.Elapsed.TotalSeconds;
            TimeSpan cpu = hub.Usage().Cpu;
            clock.Restart();
            await fleet.ConnectAsync(24, ct);
            double connect = more / clock.Elapsed.TotalSeconds;
            double each = (hub.Usage().Cpu - cpu).TotalMilliseconds / more;
            await Task.Delay(3000, ct);
            long resident = hub.Usage().Bytes;
            (double telemetry, double telemetryCpu) = await LoadAsync(hub, fleet, seconds, (n, t) => n.SendTelemetryAsync(t), ct);
            (double events, double eventCpu) = await LoadAsync(hub, fleet, seconds, (n, t) => n.SendEventAsync("bench.event", "a message of usual length, as services send it", t), ct);
            Console.WriteLine(
                $"| {step} | {enrol:f0} | {connect:f0} | {each:f2} | {resident / 1048576.0:f0} | {(resident - empty) / 1024.0 / step:f1} | {telemetry:f0} | {telemetryCpu:f0} | {events:f0} | {eventCpu:f0} |");
        }

        int connected = fleet.Nodes.Count(n => n.IsConnected);
        Console.WriteLine($"connected at the end: {connected} of {fleet.Nodes.Count}");
        return connected == fleet.Nodes.Count;
    }

    /// <summary>Messages a second, and what they cost the hub; a message is confirmed after its commit.</summary>
    private static async Task<(double PerSecond, double CpuPerMillion)> LoadAsync(HubProcess hub, Fleet fleet, int seconds, Func<SimulatedNode, CancellationToken, Task> send, CancellationToken ct)
    {
        TimeSpan cpu = hub.Usage().Cpu;
        Stopwatch clock = Stopwatch.StartNew();
        long sent = await Load.SendAsync(fleet, seconds, send, ct);
        double took = clock.Elapsed.TotalSeconds;
        return (sent / took, (hub.Usage().Cpu - cpu).TotalSeconds / sent * 1e6);
    }
}
