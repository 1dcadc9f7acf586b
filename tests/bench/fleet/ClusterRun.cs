using System.Diagnostics;
using System.Globalization;

namespace Talos.Fleet.Simulator;

/// <summary>One hub on brokers that carry messages to each other, with the nodes divided among them: what the hub costs when it holds no connection of a node.</summary>
internal static class ClusterRun
{
    private const int Brokers = 2;

    public static async Task<bool> RunAsync(string executable, string data, int https, int mqtt, int[] steps, int seconds, CancellationToken ct)
    {
        string folder = Path.GetFullPath(data);
        using HubProcess hub = new(executable, folder, https, mqtt, folder + ".log") { Broker = mqtt };
        AppDomain.CurrentDomain.ProcessExit += (_, _) => hub.Dispose();
        hub.Start();
        foreach (string file in new[] { "admin.pem", "mosquitto.acl", "crl.pem", "hub.key", "server.key" })
        {
            while (!File.Exists(Path.Combine(folder, file)))
            {
                await Task.Delay(50, ct);
            }
        }

        List<Mosquitto> brokers = [.. Enumerable.Range(0, Brokers).Select(i => new Mosquitto(folder, mqtt + i, i == 0 ? null : mqtt))];
        List<Process> swarms = [];
        try
        {
            using HubClient client = new(hub);
            await client.ReadyAsync(ct);
            swarms.AddRange(brokers.Select((b, i) => Start(folder, https, b.Port, i * 1_000_000 / Brokers)));
            Console.WriteLine("| nodes | connect: nodes/s | hub RSS MiB | brokers RSS MiB | broker KiB a node | telemetry/s | hub CPU s a million | brokers CPU s a million | event/s | hub CPU s a million | brokers CPU s a million |");
            Console.WriteLine("|---|---|---|---|---|---|---|---|---|---|---|");
            long idle = brokers.Sum(b => b.Usage().Bytes);
            int before = 0;
            foreach (int step in steps)
            {
                Stopwatch clock = Stopwatch.StartNew();
                await AskAsync(swarms, $"grow {step / Brokers}", ct);
                double connect = (step - before) / clock.Elapsed.TotalSeconds;
                before = step;
                await Task.Delay(3000, ct);
                long memory = brokers.Sum(b => b.Usage().Bytes);
                string sizes = string.Create(CultureInfo.InvariantCulture, $"{hub.Usage().Bytes / 1048576.0:f0} | {memory / 1048576.0:f0} | {(memory - idle) / 1024.0 / step:f1}");
                string telemetry = await LoadAsync(hub, client, brokers, swarms, "telemetry", seconds, ct);
                string events = await LoadAsync(hub, client, brokers, swarms, "events", seconds, ct);
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {step} | {connect:f0} | {sizes} | {telemetry} | {events} |"));
            }

            long connected = await AskAsync(swarms, "connected 0", ct), acknowledged = await AskAsync(swarms, "acknowledged 0", ct);
            Console.WriteLine($"connected at the end: {connected} of {before}; every event acknowledged: {acknowledged}");
            return connected == before && acknowledged == before;
        }
        finally
        {
            swarms.ForEach(s => s.Kill());
            brokers.ForEach(b => b.Dispose());
        }
    }

    /// <summary>Until the hub has stored what was sent: brokers confirm before that.</summary>
    private static async Task<string> LoadAsync(HubProcess hub, HubClient client, List<Mosquitto> brokers, List<Process> swarms, string kind, int seconds, CancellationToken ct)
    {
        long before = await TakenAsync(client, kind, ct), taken;
        TimeSpan hubCpu = hub.Usage().Cpu, brokerCpu = Sum(brokers);
        Stopwatch clock = Stopwatch.StartNew();
        long sent = await AskAsync(swarms, $"{kind} {seconds}", ct);
        do
        {
            await Task.Delay(100, ct);
            taken = await TakenAsync(client, kind, ct) - before;
        }
        while (taken < sent && clock.Elapsed < TimeSpan.FromSeconds(seconds * 12));
        double took = clock.Elapsed.TotalSeconds;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{taken / took:f0} | {(hub.Usage().Cpu - hubCpu).TotalSeconds / taken * 1e6:f0} | {(Sum(brokers) - brokerCpu).TotalSeconds / taken * 1e6:f0}{(taken < sent ? $" ({sent - taken} of {sent} missing)" : "")}");
    }

    private static TimeSpan Sum(List<Mosquitto> brokers) => brokers.Aggregate(TimeSpan.Zero, (sum, b) => sum + b.Usage().Cpu);

    private static async Task<long> TakenAsync(HubClient client, string kind, CancellationToken ct)
    {
        string name = $"talos_hub_messages_total{{kind=\"{kind}\"}} ";
        string line = (await client.TextAsync("/metrics", ct)).Split('\n').First(l => l.StartsWith(name, StringComparison.Ordinal));
        return long.Parse(line.AsSpan(name.Length), CultureInfo.InvariantCulture);
    }

    private static Process Start(string data, int https, int mqtt, int first)
    {
        ProcessStartInfo start = new(Environment.ProcessPath!, ["swarm", data, $"{https}", $"{mqtt}", $"{first}"]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        return Process.Start(start)!;
    }

    /// <summary>Asks all at once; the sum of what they answer.</summary>
    private static async Task<long> AskAsync(List<Process> swarms, string order, CancellationToken ct)
    {
        foreach (Process swarm in swarms)
        {
            await swarm.StandardInput.WriteLineAsync(order.AsMemory(), ct);
            await swarm.StandardInput.FlushAsync(ct);
        }

        long sum = 0;
        foreach (Process swarm in swarms)
        {
            string? answer = await swarm.StandardOutput.ReadLineAsync(ct);
            sum += long.TryParse(answer, out long number) ? number : throw new InvalidOperationException($"a swarm ended or answered {answer} to: {order}");
        }

        return sum;
    }
}
