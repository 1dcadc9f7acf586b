using System.Diagnostics;
using Talos.Fleet.Api;
using Talos.Fleet.Protocol;
using Talos.Fleet.Rollouts;

namespace Talos.Fleet.Simulator;

/// <summary>A rollout over a simulated fleet while the hub is killed again and again; then every node is asked what it got.</summary>
internal static class RolloutRun
{
    public static async Task<bool> RunAsync(HubProcess hub, int nodes, int failPercent, int kills, RolloutPlan plan, int seed, CancellationToken ct)
    {
        Random random = new(seed);
        hub.Start();
        while (!File.Exists(Path.Combine(hub.Data, "admin.pem")) || !File.Exists(Path.Combine(hub.Data, "ca.pem")))
        {
            await Task.Delay(50, ct);
        }

        using HubClient client = new(hub);
        await client.ReadyAsync(ct);
        using Fleet fleet = new(hub, client);
        Stopwatch clock = Stopwatch.StartNew();
        await fleet.EnrollAsync(nodes, i => (RolloutOrder.Of("fails", $"{i}") % 100 < (ulong)failPercent, TimeSpan.FromMilliseconds(500 + random.Next(2000))), again: false, ct);
        int bad = fleet.Nodes.Count(n => n.Fails);
        Console.WriteLine($"{nodes} nodes enrolled in {clock.Elapsed.TotalSeconds:f1} s; {bad} of them fail the release");
        await fleet.ConnectAsync(32, ct);
        fleet.KeepConnected();
        Console.WriteLine($"all connected after {clock.Elapsed.TotalSeconds:f1} s");
        RolloutView rollout = await client.PostAsync("/api/v1/rollouts", plan, HubJson.Default.RolloutPlan, HubJson.Default.RolloutView, ct);
        List<Task<CommandRecord>> commands = [];
        clock.Restart();
        for (int kill = 0; !rollout.Head.IsOver || kill < kills || rollout.Waves.Sum(w => w.Active) > 0;)
        {
            if (kill < kills)
            {
                // A command in the middle of it, asked again under the same id when the answer is cut off.
                string node = fleet.Nodes[random.Next(nodes)].Id;
                CommandRequest request = new() { Kind = CommandKind.Reboot, Id = $"cmd-{kill}" };
                commands.Add(client.PostAsync($"/api/v1/nodes/{node}/commands", request, HubJson.Default.CommandRequest, HubJson.Default.CommandRecord, ct));
                await Task.Delay(random.Next(200, 2500), ct);
                await hub.KillAsync();
                kill++;
                hub.Start();
                await client.ReadyAsync(ct);
            }
            else
            {
                await Task.Delay(500, ct);
            }

            rollout = await client.GetAsync($"/api/v1/rollouts/{rollout.Id}", HubJson.Default.RolloutView, ct);
        }

        TimeSpan took = clock.Elapsed;
        while (fleet.Nodes.Any(n => !n.IsConnected || !n.EverythingAcknowledged) && clock.Elapsed < took + TimeSpan.FromMinutes(2))
        {
            await Task.Delay(500, ct);
        }

        await Task.WhenAll(commands);
        return await CheckAsync(client, fleet, rollout.Id, hub.Kills, [.. commands.Select(c => c.Result)], took, ct);
    }

    private static async Task<bool> CheckAsync(HubClient client, Fleet fleet, string id, int kills, List<CommandRecord> commands, TimeSpan took, CancellationToken ct)
    {
        RolloutView rollout = await client.GetAsync($"/api/v1/rollouts/{id}", HubJson.Default.RolloutView, ct);
        Dictionary<string, NodeProgress> rows = (await client.GetAsync($"/api/v1/rollouts/{id}/nodes", HubJson.Default.PageNodeProgress, ct)).Items.ToDictionary(n => n.Node);
        List<string> problems = [];
        int withdrawnUnseen = 0;
        foreach (SimulatedNode node in fleet.Nodes)
        {
            int orders = node.Orders.Count(o => o.Rollout == id);
            NodeProgress? row = rows.GetValueOrDefault(node.Id);
            if (orders > 1)
            {
                problems.Add($"{node.Id}: took {orders} orders");
            }

            if (orders == 0 && row?.Attempt > 0)
            {
                withdrawnUnseen += row.Status is NodeStatus.Withdrawn or NodeStatus.HeldBack ? 1 : 0;
                if (row.Status is not (NodeStatus.Withdrawn or NodeStatus.HeldBack))
                {
                    problems.Add($"{node.Id}: never got its order; the hub says {row.Status}");
                }
            }

            if (orders == 1 && (row is null || row.Attempt != 1))
            {
                problems.Add($"{node.Id}: took an order the hub knows nothing of");
            }

            NodeStatus wanted = node.Fails ? NodeStatus.Failed : NodeStatus.Succeeded;
            if (orders == 1 && row?.Status != wanted)
            {
                problems.Add($"{node.Id}: is {wanted}; the hub says {row?.Status}");
            }

            if (!node.EverythingAcknowledged)
            {
                problems.Add($"{node.Id}: {node.Events} events, not all acknowledged");
            }

            if (node.Events > 0)
            {
                Page<EventRecord> events = await client.GetAsync($"/api/v1/nodes/{node.Id}/events?after=0", HubJson.Default.PageEventRecord, ct);
                if (!events.Items.Select(e => e.Event.Seq).SequenceEqual(Enumerable.Range(1, (int)node.Events).Select(i => (long)i)))
                {
                    problems.Add($"{node.Id}: history {string.Join(' ', events.Items.Select(e => e.Event.Seq))} of {node.Events} events");
                }
            }
        }

        foreach (CommandRecord command in commands)
        {
            int done = fleet.Nodes.Single(n => n.Id == command.Node).Commands.Count(c => c == command.Id);
            CommandRecord now = (await client.GetAsync($"/api/v1/nodes/{command.Node}/commands", HubJson.Default.PageCommandRecord, ct)).Items.Single(c => c.Id == command.Id);
            if (done != 1 || now.State is not CommandState.Succeeded)
            {
                problems.Add($"command {command.Id}: carried out {done} times; the hub says {now.State}");
            }
        }

        int touched = fleet.Nodes.Count(n => n.Orders.Count > 0);
        Console.WriteLine($"rollout {id}: {rollout.Head.Phase} after {took.TotalSeconds:f1} s: {rollout.Head.Reason}");
        foreach (WaveView wave in rollout.Waves)
        {
            Console.WriteLine($"  wave {wave.Name}: size {wave.Size}, succeeded {wave.Succeeded}, failed {wave.Failed}, waiting {wave.Waiting}, active {wave.Active}, missed {wave.Missed}");
        }

        Console.WriteLine($"nodes touched: {touched} of {fleet.Nodes.Count} (the hub says {rollout.Touched}, {withdrawnUnseen} of them withdrawn before the node saw it)");
        Console.WriteLine($"hub killed: {kills} times; orders delivered again and not carried out: {fleet.Nodes.Sum(n => n.Repeats)}; commands: {commands.Count}, each carried out once; events: {fleet.Nodes.Sum(n => n.Events)}");
        foreach (string problem in problems.Take(20))
        {
            Console.WriteLine($"PROBLEM {problem}");
        }

        Console.WriteLine(problems.Count == 0 ? "no node got two orders, none was lost" : $"{problems.Count} problems");
        return problems.Count == 0;
    }
}
