using System.Diagnostics;
using System.Text;
using System.Text.Json;
using MQTTnet;
using Talos.Fleet.Hub.Interop;
using Talos.Fleet.Protocol;
using Talos.Fleet.Sparkplug;

namespace Talos.Fleet.Hub.Tests.Interop;

/// <summary>A hub as an edge node at mosquitto; what it says is read by Eclipse Tahu's library.</summary>
[Trait("Category", "Integration")]
public sealed class SparkplugTests
{
    private const string Group = "Werk 3 ÄÖ%", Edge = "Kante \"1\"";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_host_sees_births_data_by_alias_and_deaths_and_asks_for_the_births_again()
    {
        await using OtherSystem scada = new();
        await using RunningHub hub = await RunningHub.StartAsync(o => o with { Interop = Options(scada.Url, new EdgeNodeId(Group, Edge)) });
        await scada.StartAsync(hub.Options);
        (IMqttClient node, _) = await hub.ConnectAsync(await hub.NodeAsync("0--n"), "0--n");

        // A device is born with what is known of it.
        await SayAsync(node, State("Küche „1“ 😀\ud800"), Measured(12.5));
        Arrived birth = await scada.NextAsync(a => Is(a, "DBIRTH", "0--n") && a.Text.Contains("CPU/Busy", StringComparison.Ordinal));
        Arrived first = await scada.NextAsync(a => Is(a, "NBIRTH"));
        JsonElement[] decoded = [.. await TahuPayloads.DecodeAsync([first.Payload, birth.Payload])];
        Dictionary<string, JsonElement> metrics = decoded[1].GetProperty("metrics").EnumerateArray().ToDictionary(m => m.GetProperty("name").GetString()!);
        long bdSeq = BdSeq(decoded[0]);

        Assert.Equal(0, decoded[0].GetProperty("seq").GetInt32());
        Assert.Contains(decoded[0].GetProperty("metrics").EnumerateArray(), m => m.GetProperty("name").GetString() == EdgeNode.Rebirth && m.GetProperty("type").GetString() == "Boolean" && !m.GetProperty("value").GetBoolean());
        Assert.Equal("Küche „1“ 😀?", metrics["Properties/Hostname"].GetProperty("value").GetString()!.Replace('\ufffd', '?'));
        Assert.Equal(("Double", 12.5), (metrics["CPU/Busy"].GetProperty("type").GetString(), metrics["CPU/Busy"].GetProperty("value").GetDouble()));
        Assert.Equal("%", metrics["CPU/Busy"].GetProperty("properties").GetProperty("engUnit").GetProperty("value").GetString());
        Assert.Equal(("Int64", 1L << 33), (metrics["Disks/var-lib/Total"].GetProperty("type").GetString(), metrics["Disks/var-lib/Total"].GetProperty("value").GetInt64()));
        Assert.True(metrics["Node/Ready"].GetProperty("value").GetBoolean());
        Assert.Equal(metrics.Count, metrics.Values.Select(m => m.GetProperty("alias").GetInt64()).Distinct().Count());
        Assert.All(scada.All.Where(a => a.Topic.StartsWith("spBv1.0/", StringComparison.Ordinal)), a => Assert.False(a.Retained));

        // What changes is told by alias alone.
        await SayAsync(node, null, Measured(99));
        JsonElement data = (await TahuPayloads.DecodeAsync([(await scada.NextAsync(a => Is(a, "DDATA", "0--n"))).Payload]))[0];
        JsonElement busy = Assert.Single(data.GetProperty("metrics").EnumerateArray(), m => m.GetProperty("alias").GetInt64() == metrics["CPU/Busy"].GetProperty("alias").GetInt64());
        Assert.Equal(99, busy.GetProperty("value").GetDouble());
        Assert.False(busy.TryGetProperty("name", out JsonElement name) && name.GetString() is { Length: > 0 });

        // Commands: bad ones are counted, the good one gives all births with the same bdSeq.
        string commands = $"spBv1.0/{Group}/NCMD/{Edge}";
        long refused = hub.Metrics.RefusedTotal;
        byte[] rebirth = await TahuPayloads.EncodeAsync(Command(EdgeNode.Rebirth, "true"));
        byte[][] bad = [[], [0xff, 0xff, 0xff], Encoding.UTF8.GetBytes("Rebirth"), await TahuPayloads.EncodeAsync(Command(EdgeNode.Rebirth, "false")), await TahuPayloads.EncodeAsync(Command("Node Control/Reboot", "true")), new byte[100_000]];
        foreach (byte[] command in bad)
        {
            await scada.SendAsync(commands, command);
        }

        await RunningHub.UntilAsync(() => Task.FromResult(hub.Metrics.RefusedTotal == refused + bad.Length));
        Assert.Single(scada.All, a => Is(a, "NBIRTH"));
        await scada.SendAsync(commands, rebirth);
        JsonElement again = (await TahuPayloads.DecodeAsync([(await scada.NextAsync(a => Is(a, "NBIRTH"), 2)).Payload]))[0];
        Assert.Equal((bdSeq, 0), (BdSeq(again), again.GetProperty("seq").GetInt32()));
        int births = scada.All.Count(a => Is(a, "NBIRTH") || Is(a, "DBIRTH", "0--n"));
        await RunningHub.UntilAsync(() => Task.FromResult(scada.All.SkipWhile(a => !ReferenceEquals(a, scada.All.Last(x => Is(x, "NBIRTH")))).Any(a => Is(a, "DBIRTH", "0--n"))));

        // The node leaves: its device dies.
        await RunningHub.PublishAsync(node, "talos/1/0--n/presence", FleetMessages.Write(new Presence { Status = PresenceStatus.Offline, BootId = "b", Time = DateTimeOffset.UtcNow }));
        await scada.NextAsync(a => Is(a, "DDEATH", "0--n"));
        await AssertSequenceAsync(scada);

        // Another connection has the next bdSeq; leaving in order says it too.
        await scada.KillAsync();
        await scada.StartAsync(hub.Options);
        JsonElement next = (await TahuPayloads.DecodeAsync([(await scada.NextAsync(a => Is(a, "NBIRTH"), 3)).Payload]))[0];
        Assert.True(BdSeq(next) > bdSeq);
        Assert.True(births >= 3);
    }

    [Fact]
    public async Task A_killed_hub_is_dead_by_its_Will_and_comes_back_with_the_next_bdSeq_and_waits_for_the_primary_host()
    {
        string data = Directory.CreateTempSubdirectory("hub-killed-").FullName;
        await using OtherSystem scada = new();
        int https = RunningHub.FreePort(), mqtt = RunningHub.FreePort();
        ProcessStartInfo start = new("dotnet", [
            "exec", Path.Combine(AppContext.BaseDirectory, "talos-hub.dll"), "--data", data, "--listen", "127.0.0.1", "--names", "localhost,127.0.0.1", "--https", $"{https}", "--mqtt", $"{mqtt}",
            "--interop-broker", scada.Url, "--sparkplug", "g/e", "--sparkplug-host", "scada"])
        { RedirectStandardOutput = true };
        using Process one = Process.Start(start)!;
        Process? two = null;
        try
        {
            await RunningHub.UntilAsync(() => Task.FromResult(File.Exists(Path.Combine(data, "mosquitto.acl"))));
            await scada.StartAsync(new HubOptions { Data = data });

            // Nothing is said before the host is there.
            await scada.SendAsync("spBv1.0/STATE/scada", "{\"online\":false,\"timestamp\":1000}"u8.ToArray(), retain: true);
            while (!(await one.StandardOutput.ReadLineAsync(Token).AsTask().WaitAsync(TimeSpan.FromSeconds(30), Token))!.Contains("Connected for sparkplug", StringComparison.Ordinal))
            {
                // The line comes when the broker took the connection.
            }

            await Task.Delay(TimeSpan.FromSeconds(1), Token);
            Assert.DoesNotContain(scada.All, a => a.Topic.Contains("NBIRTH", StringComparison.Ordinal));
            await scada.SendAsync("spBv1.0/STATE/scada", "not a state"u8.ToArray());
            await scada.SendAsync("spBv1.0/STATE/scada", "{\"online\":true,\"timestamp\":2000}"u8.ToArray(), retain: true);
            Arrived birth = await scada.NextAsync(a => a.Topic == "spBv1.0/g/NBIRTH/e");

            one.Kill();
            await one.WaitForExitAsync(Token);
            Arrived death = await scada.NextAsync(a => a.Topic == "spBv1.0/g/NDEATH/e");
            two = Process.Start(start)!;
            Arrived second = await scada.NextAsync(a => a.Topic == "spBv1.0/g/NBIRTH/e", 2);

            // The host leaves: so does the edge node, and waits with the next bdSeq.
            await scada.SendAsync("spBv1.0/STATE/scada", "{\"online\":false,\"timestamp\":2000}"u8.ToArray(), retain: true);
            Arrived left = await scada.NextAsync(a => a.Topic == "spBv1.0/g/NDEATH/e", 2);
            List<JsonElement> read = await TahuPayloads.DecodeAsync([birth.Payload, death.Payload, second.Payload, left.Payload]);

            long bdSeq = BdSeq(read[0]);
            Assert.Equal([bdSeq, bdSeq, bdSeq + 1, bdSeq + 1], read.Select(BdSeq));
            Assert.False(read[1].TryGetProperty("seq", out _));
            Assert.False(death.Retained);
        }
        finally
        {
            foreach (Process? hub in new[] { one, two })
            {
                if (hub is { HasExited: false })
                {
                    hub.Kill();
                    await hub.WaitForExitAsync(CancellationToken.None);
                }
            }

            two?.Dispose();
            Directory.Delete(data, recursive: true);
        }
    }

    internal static InteropOptions Options(string broker, EdgeNodeId? edge) => new() { Broker = BrokerUrl.Parse(broker)!, Sparkplug = edge, Interval = TimeSpan.FromMilliseconds(200) };

    internal static async Task SayAsync(IMqttClient node, ReportedState? state, Telemetry? telemetry)
    {
        string id = node.Options.ClientId;
        await RunningHub.PublishAsync(node, $"talos/1/{id}/presence", FleetMessages.Write(new Presence { Status = PresenceStatus.Online, BootId = "b", Time = DateTimeOffset.UtcNow }));
        if (state is not null)
        {
            await RunningHub.PublishAsync(node, $"talos/1/{id}/state", FleetMessages.Write(state));
        }

        if (telemetry is not null)
        {
            await RunningHub.PublishAsync(node, $"talos/1/{id}/telemetry", FleetMessages.Write(telemetry));
        }
    }

    private static ReportedState State(string host) => new() { Time = DateTimeOffset.UtcNow, BootId = "b", Board = "b", Architecture = "arm64", Version = "1.0.0", Hostname = host };

    private static Telemetry Measured(double busy) => new()
    {
        Time = DateTimeOffset.UtcNow,
        UptimeSeconds = 60,
        CpuPercent = busy,
        Disks = [new DiskUsage { Mount = "/var/lib", TotalBytes = 1L << 33, UsedBytes = 7 }, new DiskUsage { Mount = "/", TotalBytes = 1, UsedBytes = 1 }],
    };

    private static string Command(string metric, string value) => $$"""{"timestamp":1,"metrics":[{"name":"{{metric}}","type":"Boolean","value":{{value}}}]}""";

    private static bool Is(Arrived a, string type, string? device = null) => a.Topic == $"spBv1.0/{Group}/{type}/{Edge}{(device is null ? "" : $"/{device}")}";

    private static long BdSeq(JsonElement payload) => Assert.Single(payload.GetProperty("metrics").EnumerateArray(), m => m.GetProperty("name").GetString() == "bdSeq").GetProperty("value").GetInt64();

    private static async Task AssertSequenceAsync(OtherSystem scada)
    {
        List<Arrived> sent = [.. scada.All.Where(a => a.Topic.Split('/')[2] is "NBIRTH" or "DBIRTH" or "DDATA" or "DDEATH")];
        List<JsonElement> read = await TahuPayloads.DecodeAsync(sent.Select(a => a.Payload));
        long last = -1;
        for (int i = 0; i < read.Count; i++)
        {
            long expected = Is(sent[i], "NBIRTH") ? 0 : (last + 1) % 256;
            Assert.Equal(expected, last = read[i].GetProperty("seq").GetInt64());
        }
    }
}
