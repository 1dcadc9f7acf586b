using System.Globalization;

namespace Talos.Fleet.Simulator;

/// <summary>Some of the nodes of a cluster, in a process of their own: does what its standard input says and answers each line with a number.</summary>
internal static class SwarmRun
{
    public static async Task<bool> RunAsync(HubProcess hub, int first, CancellationToken ct)
    {
        using HubClient client = new(hub);
        using Fleet fleet = new(hub, client, first);
        while (await Console.In.ReadLineAsync(ct) is { } line && line.Split(' ') is [var order, var argument])
        {
            int number = int.Parse(argument, CultureInfo.InvariantCulture);
            Console.WriteLine(order switch
            {
                "grow" => await GrowAsync(fleet, number, ct),
                "telemetry" => await Load.SendAsync(fleet, number, (n, t) => n.SendTelemetryAsync(t), ct),
                "events" => await Load.SendAsync(fleet, number, EventAsync, ct),
                "connected" => fleet.Nodes.Count(n => n.IsConnected),
                "acknowledged" => fleet.Nodes.Count(n => n.EverythingAcknowledged),
                _ => throw new ArgumentException($"{order}: no such order"),
            });
        }

        return true;
    }

    /// <summary>As agents do: the next event after the hub's ack, which comes after its commit.</summary>
    private static async Task EventAsync(SimulatedNode node, CancellationToken ct)
    {
        await node.SendEventAsync("bench.event", "a message of usual length, as services send it", ct);
        for (int i = 0; i < 2000 && !node.EverythingAcknowledged; i++)
        {
            await Task.Delay(25, ct);
        }
    }

    private static async Task<long> GrowAsync(Fleet fleet, int nodes, CancellationToken ct)
    {
        await fleet.EnrollAsync(nodes - fleet.Nodes.Count, _ => (false, TimeSpan.Zero), again: false, ct);
        await fleet.ConnectAsync(12, ct);
        return fleet.Nodes.Count;
    }
}
