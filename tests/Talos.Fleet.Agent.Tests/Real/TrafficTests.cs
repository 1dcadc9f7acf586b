using Talos.Fleet.Protocol;

namespace Talos.Fleet.Agent.Tests.Real;

/// <summary>What a quiet node costs on the line.</summary>
[Trait("Category", "Integration")]
public sealed class TrafficTests : MosquittoTest
{
    private const long Month = 1_000_000;
    private const int HoursAMonth = 720;

    /// <summary>Headers of IPv4 and TCP with time stamps.</summary>
    private const int Headers = 52;


    public TrafficTests()
        : base("fleet-traffic")
    {
    }

    [Fact]
    public async Task A_quiet_node_costs_at_most_one_megabyte_a_month_with_TLS_and_IP_headers()
    {
        // One telemetry message an hour and, between two of them, two pings: each is measured alone.
        (long Bytes, long Sends) connect, telemetry, ping;
        const int Messages = 12, Pings = 5;
        using (CountingProxy proxy = new(Broker.Port))
        {
            await using RunningAgent agent = await StartAsync("node-a", proxy, interval: 1, keepAlive: 1200);
            await Until.TrueAsync("it is there", () => Hub.Measurements.Count >= 2 && !Hub.States.IsEmpty);
            connect = (proxy.Bytes, proxy.Sends);
            int before = Hub.Measurements.Count;
            (long bytes, long sends) = (proxy.Bytes, proxy.Sends);
            await Until.TrueAsync("telemetry", () => Hub.Measurements.Count >= before + Messages);
            telemetry = ((proxy.Bytes - bytes) / Messages, ((proxy.Sends - sends) / Messages) + 1);
        }

        using (CountingProxy proxy = new(Broker.Port))
        {
            await using RunningAgent agent = await StartAsync("node-b", proxy, interval: 3600, keepAlive: 1);
            await Until.TrueAsync("it is there", () => Hub.States.Count >= 2);
            await Task.Delay(500, TestContext.Current.CancellationToken);
            (long bytes, long sends) = (proxy.Bytes, proxy.Sends);
            await Until.TrueAsync("pings", () => proxy.Sends >= sends + (2 * Pings));
            ping = ((proxy.Bytes - bytes) / Pings, 2);
        }

        long payload = connect.Bytes + (HoursAMonth * (telemetry.Bytes + (2 * ping.Bytes)));

        // Each send is a segment, and each exchange ends with one more that only acknowledges.
        long segments = (connect.Sends * 2) + (HoursAMonth * (telemetry.Sends + 1 + (2 * (ping.Sends + 1))));
        long all = payload + (segments * Headers);
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"connection {connect.Bytes} B, telemetry {telemetry.Bytes} B, ping {ping.Bytes} B on the wire with TLS; a month: {payload} B, with IP and TCP headers about {all} B");
        Assert.InRange(telemetry.Bytes, 100, 2000);
        Assert.InRange(all, 1, Month);
    }

    private async Task<RunningAgent> StartAsync(string node, CountingProxy proxy, int interval, int keepAlive)
    {
        AgentSettings settings = RunningAgent.Settings(Folder, node) with { TelemetryIntervalSeconds = interval, KeepAliveSeconds = keepAlive };
        Fleet.Enrol(settings.StateFolder, node, proxy.Port);
        RunningAgent agent = new() { Measured = Realistic };
        await agent.StartAsync(settings);
        return agent;
    }

    private static Telemetry Realistic(QueueReport queue) => new()
    {
        Time = TimeProvider.System.GetUtcNow(),
        UptimeSeconds = 8640000,
        CpuPercent = 13.4,
        MemoryBytes = 4131758080,
        MemoryUsedBytes = 1512000000,
        Disks = [new DiskUsage { Mount = "/var", TotalBytes = 25000000000, UsedBytes = 14000000000 }],
        TemperatureCelsius = 58.5,
        Throttled = false,
        Wear = [new FlashWear { Device = "mmcblk0", Kind = FlashKind.Emmc, UsedPercent = 20, Warning = false, WrittenBytes = 800000000000, WrittenBytesPerDay = 2000000000, DaysLeft = 1600 }],
        Links = [new LinkTraffic { Name = "eth0", ReceivedBytes = 123456789012, SentBytes = 2345678901 }],
        Queue = queue,
    };
}
