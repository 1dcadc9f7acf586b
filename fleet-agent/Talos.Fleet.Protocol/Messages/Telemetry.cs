using System.Text.Json.Serialization;

namespace Talos.Fleet.Protocol;

/// <summary>Topic <c>telemetry</c>: measurements of one moment.</summary>
public sealed record Telemetry
{
    /// <summary>When they were taken.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>True when the node's clock was not set from the network since its start.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Unsynced { get; init; }

    /// <summary>Seconds since the start of the kernel.</summary>
    public long UptimeSeconds { get; init; }

    /// <summary>Busy time of all processors since the last message, 0 to 100.</summary>
    public double? CpuPercent { get; init; }

    /// <summary>Memory in all.</summary>
    public long? MemoryBytes { get; init; }

    /// <summary>Memory that is neither free nor reclaimable.</summary>
    public long? MemoryUsedBytes { get; init; }

    /// <summary>File systems; up to 8.</summary>
    public IReadOnlyList<DiskUsage> Disks { get => field ?? []; init; }

    /// <summary>The hottest sensor, -100 to 250.</summary>
    public double? TemperatureCelsius { get; init; }

    /// <summary>The processor was slowed by heat or a weak supply since the last message; absent when the board does not tell.</summary>
    public bool? Throttled { get; init; }

    /// <summary>Flash devices; up to 8.</summary>
    public IReadOnlyList<FlashWear> Wear { get => field ?? []; init; }

    /// <summary>Links; up to 8.</summary>
    public IReadOnlyList<LinkTraffic> Links { get => field ?? []; init; }

    /// <summary>The agent's queue.</summary>
    public QueueReport? Queue { get; init; }
}

/// <summary>A file system.</summary>
public sealed record DiskUsage
{
    /// <summary>Where it is mounted; up to 64 characters.</summary>
    public required string Mount { get; init; }

    /// <summary>Its size.</summary>
    public required long TotalBytes { get; init; }

    /// <summary>What is taken.</summary>
    public required long UsedBytes { get; init; }
}

/// <summary>How worn a flash device is.</summary>
public sealed record FlashWear
{
    /// <summary>Name in <c>/dev</c>; up to 32 characters.</summary>
    public required string Device { get; init; }

    /// <summary>What tells of it.</summary>
    public required FlashKind Kind { get; init; }

    /// <summary>Life that is used up, 0 to 255; eMMC tells it in steps of 10.</summary>
    public int? UsedPercent { get; init; }

    /// <summary>The device itself warns: its reserve is nearly used up, it is not reliable any more or takes no writes.</summary>
    public bool? Warning { get; init; }

    /// <summary>Reserve of an NVMe disk that is left, 0 to 100.</summary>
    public int? SparePercent { get; init; }

    /// <summary>Errors an NVMe disk could not mend, in its life.</summary>
    public long? MediaErrors { get; init; }

    /// <summary>Bytes written by the node since the counter began.</summary>
    public long? WrittenBytes { get; init; }

    /// <summary>Bytes written a day, over the days known.</summary>
    public long? WrittenBytesPerDay { get; init; }

    /// <summary>Days until the device's life is used up at that rate; absent while that cannot be told.</summary>
    public int? DaysLeft { get; init; }
}

/// <summary>What a flash device is.</summary>
[JsonConverter(typeof(WireEnumConverter<FlashKind>))]
public enum FlashKind
{
    /// <summary>eMMC: life time registers.</summary>
    Emmc,

    /// <summary>NVMe: health log.</summary>
    Nvme,

    /// <summary>SD card: only what the node wrote is known.</summary>
    Sd,

    /// <summary>Anything else: only what the node wrote is known.</summary>
    Disk,
}

/// <summary>A link's counters since it came up.</summary>
public sealed record LinkTraffic
{
    /// <summary>Name; up to 32 characters.</summary>
    public required string Name { get; init; }

    /// <summary>Bytes received.</summary>
    public required long ReceivedBytes { get; init; }

    /// <summary>Bytes sent.</summary>
    public required long SentBytes { get; init; }

    /// <summary>Errors and drops in both directions.</summary>
    public long Errors { get; init; }
}

/// <summary>The agent's queue.</summary>
public sealed record QueueReport
{
    /// <summary>Events that wait for the hub's ack.</summary>
    public long Events { get; init; }

    /// <summary>Telemetry that waits.</summary>
    public long Telemetry { get; init; }

    /// <summary>Events dropped at the bound since the queue was made.</summary>
    public long DroppedEvents { get; init; }

    /// <summary>Telemetry dropped since the queue was made.</summary>
    public long DroppedTelemetry { get; init; }

    /// <summary>Messages of the hub that were refused since the agent started.</summary>
    public long Refused { get; init; }
}
