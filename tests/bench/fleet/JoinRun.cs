namespace Talos.Fleet.Simulator;

/// <summary>Nodes that join a hub which runs already, and stay: something to look at on its page.</summary>
internal static class JoinRun
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(15);

    public static async Task<bool> RunAsync(HubProcess hub, int nodes, CancellationToken ct)
    {
        using HubClient client = new(hub);
        await client.ReadyAsync(ct);
        using Fleet fleet = new(hub, client);
        await fleet.EnrollAsync(nodes, i => (i % 20 == 7, TimeSpan.FromSeconds(3 + (i % 10))), again: true, ct);
        await fleet.ConnectAsync(16, ct);
        fleet.KeepConnected();
        Console.WriteLine($"{fleet.Nodes.Count(n => n.IsConnected)} of {nodes} simulated nodes are connected");
        foreach (SimulatedNode node in fleet.Nodes)
        {
            await node.SendEventAsync("node.started", "simulated node is up", ct);
        }

        while (!ct.IsCancellationRequested)
        {
            foreach (SimulatedNode node in fleet.Nodes.Where(n => n.IsConnected))
            {
                try
                {
                    await node.SendTelemetryAsync(ct);
                }
                catch (MQTTnet.Exceptions.MqttCommunicationException)
                {
                    // It was cut off meanwhile and comes back by itself.
                }
            }

            await Task.Delay(Pause, ct);
        }

        return true;
    }
}
