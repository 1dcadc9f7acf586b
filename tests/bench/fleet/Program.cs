using System.Globalization;
using Talos.Fleet.Rollouts;
using Talos.Fleet.Simulator;

// join HUB-DATA HTTPS-PORT MQTT-PORT NODES: nodes for a hub that runs already.
if (args is ["join", var running, var https, var mqtt, var joining] && new[] { https, mqtt, joining }.All(a => ushort.TryParse(a, out _)))
{
    using HubProcess other = new("", running, int.Parse(https, CultureInfo.InvariantCulture), int.Parse(mqtt, CultureInfo.InvariantCulture), "");
    return await JoinRun.RunAsync(other, int.Parse(joining, CultureInfo.InvariantCulture), CancellationToken.None) ? 0 : 1;
}

// swarm HUB-DATA HTTPS-PORT MQTT-PORT FIRST: a part of a cluster's nodes, started by "cluster".
if (args is ["swarm", var of, var web, var broker, var begin])
{
    ThreadPool.SetMinThreads(64, 64);
    using HubProcess other = new("", of, int.Parse(web, CultureInfo.InvariantCulture), int.Parse(broker, CultureInfo.InvariantCulture), "");
    return await SwarmRun.RunAsync(other, int.Parse(begin, CultureInfo.InvariantCulture), CancellationToken.None) ? 0 : 1;
}

// rollout|full|scale|cluster HUB-EXECUTABLE DATA-FOLDER [NODES...]: see README.md.
if (args.Length < 3 || args[0] is not ("rollout" or "full" or "scale" or "cluster"))
{
    Console.Error.WriteLine("fleet-simulator rollout|full|scale|cluster HUB-EXECUTABLE DATA-FOLDER [NODES...], or join HUB-DATA HTTPS-PORT MQTT-PORT NODES");
    return 2;
}

int[] numbers = [.. args.Skip(3).Select(a => int.Parse(a, CultureInfo.InvariantCulture))];
Directory.CreateDirectory(args[2]);
string data = Path.Combine(args[2], $"{args[0]}-{Environment.ProcessId}");
ThreadPool.SetMinThreads(64, 64);
if (args[0] == "cluster")
{
    return await ClusterRun.RunAsync(args[1], data, 20000 + (Environment.ProcessId % 5000), 25000 + (Environment.ProcessId % 5000), numbers.Length > 0 ? numbers : [1000, 5000, 10000, 20000], 10, CancellationToken.None) ? 0 : 1;
}

using HubProcess hub = new(args[1], data, 20000 + (Environment.ProcessId % 5000), 25000 + (Environment.ProcessId % 5000), data + ".log");
AppDomain.CurrentDomain.ProcessExit += (_, _) => hub.Dispose();
RolloutPlan plan = new()
{
    Name = "simulated",
    Version = "2.0.0",
    BundleId = new string('a', 64),
    Url = "https://localhost/bundle",
    Canary = 1,
    MaxParallel = 20,
    ErrorPercent = 3,
    Waves = [new() { Percent = 5 }, new() { Percent = 25 }, new() { Percent = 100 }],
    NodeTimeoutSeconds = 3600,
    HoldBackAfter = 0,
};
bool good = args[0] switch
{
    // A release that fails on 5 %: it stops by itself.
    "rollout" => await RolloutRun.RunAsync(hub, numbers is [var n, ..] ? n : 1000, 5, numbers is [_, var k, ..] ? k : 10, plan, 1, CancellationToken.None),

    // The same release with more patience: every node is ordered, whatever happens to the hub.
    "full" => await RolloutRun.RunAsync(
        hub, numbers is [var n, ..] ? n : 1000, 5, numbers is [_, var k, ..] ? k : 10,
        plan with { Canary = 0, MaxParallel = 100, ErrorPercent = 40, SuccessPercent = 80, Waves = [new() { Percent = 5 }, new() { Percent = 25 }, new() { Percent = 100 }] }, 2, CancellationToken.None),
    _ => await ScaleRun.RunAsync(hub, numbers.Length > 0 ? numbers : [1000, 5000, 10000, 19500], 10, CancellationToken.None),
};
return good ? 0 : 1;
