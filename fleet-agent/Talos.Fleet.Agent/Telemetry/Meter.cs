using System.Text.Json;
using Talos.Fleet.Protocol;
using Talos.Linux;

namespace Talos.Fleet.Agent;

/// <summary>Takes the measurements of one moment out of <c>/proc</c> and <c>/sys</c>.</summary>
internal sealed class Meter(ProcFiles files, string wearPath, TimeProvider time)
{
    private static readonly string[] ErrorCounters = ["rx_errors", "tx_errors", "rx_dropped", "tx_dropped"];

    /// <summary>Thousandths of a degree; a sensor that reads outside is broken, or is none.</summary>
    private const long Coldest = -60_000, Hottest = 200_000;

    private (long Busy, long All)? _cpu;

    /// <summary>Measures.</summary>
    /// <param name="node">The node, as it was asked last.</param>
    /// <param name="queue">The agent's queue.</param>
    public Measurement Measure(NodeFacts node, QueueReport queue)
    {
        DateTimeOffset now = time.GetUtcNow();
        (List<FlashWear> wear, List<DiskNews> news) = Wear(node, node.ClockSynced ? now : null);
        (long Busy, long All)? cpu = ProcText.CpuTicks(files.Text("proc/stat"));
        double? percent = ProcText.CpuPercent(_cpu, cpu);
        _cpu = cpu;
        string? memory = files.Text("proc/meminfo");
        long? total = ProcText.Memory(memory, "MemTotal");
        Telemetry telemetry = new()
        {
            Time = now,
            Unsynced = !node.ClockSynced,
            UptimeSeconds = ProcText.Uptime(files.Text("proc/uptime")),
            CpuPercent = percent,
            MemoryBytes = total,
            MemoryUsedBytes = total - ProcText.Memory(memory, "MemAvailable") is >= 0 and var used ? used : null,
            Disks = Disks(),
            TemperatureCelsius = Temperature(),
            Throttled = Throttled(),
            Wear = wear,
            Links = Links(),
            Queue = queue,
        };
        return new Measurement(telemetry, news);
    }

    private static List<DiskUsage> Disks()
    {
        List<DiskUsage> disks = [];
        foreach (string mount in new[] { "/var" })
        {
            try
            {
                FileSystemUsage usage = FileSystemUsage.Of(mount);
                disks.Add(new DiskUsage { Mount = mount, TotalBytes = (long)usage.Size, UsedBytes = (long)(usage.Size - Math.Min(usage.Free, usage.Size)) });
            }
            catch (LinuxException)
            {
                // Not mounted now.
            }
        }

        return disks;
    }

    private double? Temperature()
    {
        double? hottest = null;
        foreach (string zone in files.Names("sys/class/thermal").Where(n => n.StartsWith("thermal_zone", StringComparison.Ordinal)))
        {
            if (files.Number($"sys/class/thermal/{zone}/temp") is { } millidegrees and >= Coldest and <= Hottest)
            {
                hottest = Math.Max(hottest ?? -100, Math.Round(millidegrees / 1000.0, 1));
            }
        }

        return hottest;
    }

    /// <summary>A cooling device of the processor that is in use slows it down.</summary>
    private bool? Throttled()
    {
        bool? throttled = null;
        foreach (string device in files.Names("sys/class/thermal").Where(n => n.StartsWith("cooling_device", StringComparison.Ordinal)))
        {
            string? type = files.Text($"sys/class/thermal/{device}/type");
            if (type is not null && (type.Contains("cpufreq", StringComparison.Ordinal) || type == "Processor") && files.Number($"sys/class/thermal/{device}/cur_state") is { } state)
            {
                throttled = (throttled ?? false) || state > 0;
            }
        }

        return throttled;
    }

    private List<LinkTraffic> Links()
    {
        List<LinkTraffic> links = [];
        foreach (string name in files.Names("sys/class/net").Where(n => files.Exists($"sys/class/net/{n}/device")).Take(8))
        {
            string counters = $"sys/class/net/{name}/statistics/";
            if (files.Number(counters + "rx_bytes") is >= 0 and var received && files.Number(counters + "tx_bytes") is >= 0 and var sent)
            {
                long errors = ErrorCounters.Sum(c => Math.Clamp(files.Number(counters + c) ?? 0, 0, uint.MaxValue));
                links.Add(new LinkTraffic { Name = name, ReceivedBytes = received, SentBytes = sent, Errors = errors });
            }
        }

        return links;
    }

    private (List<FlashWear> Wear, List<DiskNews> News) Wear(NodeFacts node, DateTimeOffset? now)
    {
        WearFile before = ReadWear();
        Dictionary<string, WearHistory> next = [];
        List<FlashWear> wear = [];
        List<DiskNews> news = [];
        foreach (string name in files.Names("sys/block").Where(n => IsDisk(n)).Take(8))
        {
            if (ProcText.WrittenBytes(files.Text($"sys/block/{name}/stat")) is not { } written)
            {
                continue;
            }

            WearHistory? known = before.Devices.GetValueOrDefault(name);
            (FlashWear state, IReadOnlyList<string>? warnings) = State(name, node.Disks.GetValueOrDefault(name));
            WearHistory history = WearForecast.Take(known, node.BootId, written, state.UsedPercent, now) with { Warnings = warnings ?? known?.Warnings ?? [] };
            next[name] = history;
            news.AddRange(DiskNews.Between(name, known?.Warnings ?? [], history.Warnings));
            wear.Add(state with { WrittenBytes = history.Written, WrittenBytesPerDay = WearForecast.BytesPerDay(history), DaysLeft = WearForecast.DaysLeft(history) });
        }

        WriteWear(new WearFile { Devices = next });
        return (wear, news);
    }

    /// <summary>What a device tells, and of what it warns; null when it tells nothing now.</summary>
    private (FlashWear State, IReadOnlyList<string>? Warnings) State(string name, DiskFacts? facts)
    {
        string device = $"sys/block/{name}/device/";
        if (name.StartsWith("nvme", StringComparison.Ordinal))
        {
            return (
                new FlashWear
                {
                    Device = name,
                    Kind = FlashKind.Nvme,
                    UsedPercent = facts?.UsedPercent,
                    Warning = facts?.IsWorn,
                    SparePercent = facts?.SparePercent,
                    MediaErrors = facts?.MediaErrors,
                },
                facts?.Warnings);
        }

        FlashKind kind = files.Text(device + "type") switch { "MMC" => FlashKind.Emmc, "SD" => FlashKind.Sd, _ => FlashKind.Disk };
        bool? worn = kind is FlashKind.Emmc ? ProcText.EmmcWarning(files.Text(device + "pre_eol_info")) : null;
        return (
            new FlashWear { Device = name, Kind = kind, UsedPercent = kind is FlashKind.Emmc ? ProcText.EmmcLife(files.Text(device + "life_time")) : null, Warning = worn },
            worn is { } w ? w ? ["spare"] : [] : null);
    }

    private bool IsDisk(string name) =>
        files.Exists($"sys/block/{name}/device") && !name.Contains("boot", StringComparison.Ordinal) && !name.Contains("rpmb", StringComparison.Ordinal)
        && files.Number($"sys/block/{name}/removable") is not 1;

    private WearFile ReadWear()
    {
        try
        {
            return File.Exists(wearPath) ? JsonSerializer.Deserialize(File.ReadAllBytes(wearPath), AgentJson.Default.WearFile) ?? new WearFile() : new WearFile();
        }
        catch (Exception e) when (e is IOException or JsonException)
        {
            return new WearFile();
        }
    }

    private void WriteWear(WearFile file)
    {
        try
        {
            Files.WriteAtomically(wearPath, JsonSerializer.SerializeToUtf8Bytes(file, AgentJson.Default.WearFile));
        }
        catch (IOException)
        {
            // A full disk costs the forecast a day, not the telemetry.
        }
    }
}
