using System.Collections.ObjectModel;
using System.Text.Json.Serialization;

namespace Talos.Fleet.Protocol;

/// <summary>Topic <c>state</c>: everything the hub shows of a node, as one document; sent when it changed.</summary>
public sealed record ReportedState
{
    /// <summary>When it was made.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>True when the node's clock was not set from the network since its start.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Unsynced { get; init; }

    /// <summary>Names the boot; 1 to 64 characters.</summary>
    public required string BootId { get; init; }

    /// <summary>Why the node started, such as <c>power</c>, <c>reboot</c>, <c>watchdog</c>; up to 64 characters.</summary>
    public string? BootReason { get; init; }

    /// <summary>Name of the board's descriptor; up to 64 characters.</summary>
    public required string Board { get; init; }

    /// <summary>Processor, such as <c>arm64</c>; up to 16 characters.</summary>
    public required string Architecture { get; init; }

    /// <summary>Host name; up to 253 characters.</summary>
    public string? Hostname { get; init; }

    /// <summary>Version of the running system; up to 128 characters.</summary>
    public required string Version { get; init; }

    /// <summary>The running slot, A or B; absent before it is known.</summary>
    public string? Slot { get; init; }

    /// <summary>Up to 4 slots.</summary>
    public IReadOnlyList<SlotReport> Slots { get => field ?? []; init; }

    /// <summary>The update engine.</summary>
    public UpdateReport? Update { get; init; }

    /// <summary>Stage of the machine, such as <c>running</c>; up to 32 characters.</summary>
    public string? Stage { get; init; }

    /// <summary>What keeps the node from being ready; up to 16 sentences of 256 characters.</summary>
    public IReadOnlyList<string> Unmet { get => field ?? []; init; }

    /// <summary>Kubernetes on the node; absent without it.</summary>
    public KubernetesReport? Kubernetes { get; init; }

    /// <summary>Addresses with prefix; up to 32 of 64 characters.</summary>
    public IReadOnlyList<string> Addresses { get => field ?? []; init; }

    /// <summary>SHA-256 of the machine config in lower-case hexadecimal digits.</summary>
    public string? ConfigHash { get; init; }

    /// <summary>Labels of the FleetConfig document; up to 32, each key and value up to 63 characters.</summary>
    public IReadOnlyDictionary<string, string> Labels { get => field ?? ReadOnlyDictionary<string, string>.Empty; init; }

    /// <summary>What became of the last desired state; absent before there was one.</summary>
    public DesiredReport? Desired { get; init; }

    /// <summary>Seconds between two telemetry messages.</summary>
    public int TelemetryIntervalSeconds { get; init; }

    /// <summary>The least level the agent logs.</summary>
    public FleetLogLevel? LogLevel { get; init; }

    /// <summary>When the node's certificate ends.</summary>
    public DateTimeOffset? CertificateExpires { get; init; }

    /// <summary>Version of the agent; up to 64 characters.</summary>
    public string? Agent { get; init; }
}

/// <summary>A slot.</summary>
public sealed record SlotReport
{
    /// <summary>A or B.</summary>
    public required string Id { get; init; }

    /// <summary>Whether it can start.</summary>
    public required SlotCondition Condition { get; init; }

    /// <summary>Version in it; up to 128 characters.</summary>
    public string? Version { get; init; }
}

/// <summary>What the boot loader knows of a slot.</summary>
[JsonConverter(typeof(WireEnumConverter<SlotCondition>))]
public enum SlotCondition
{
    /// <summary>Not known.</summary>
    Unknown,

    /// <summary>Nothing in it.</summary>
    Empty,

    /// <summary>Known to work.</summary>
    Good,

    /// <summary>Being tried.</summary>
    Trial,

    /// <summary>Not started any more.</summary>
    Bad,
}

/// <summary>The update engine of a node.</summary>
public sealed record UpdateReport
{
    /// <summary>What it does.</summary>
    public required UpdatePhase Phase { get; init; }

    /// <summary>The version it goes to; up to 128 characters.</summary>
    public string? Version { get; init; }

    /// <summary>Why it failed or was cancelled; up to 1024 characters.</summary>
    public string? Message { get; init; }

    /// <summary>How much is written, 0 to 100, in steps of 10; absent unless it is being written.</summary>
    public int? Percent { get; init; }

    /// <summary>The last version that fell back; up to 128 characters.</summary>
    public string? FallbackVersion { get; init; }

    /// <summary>Why it fell back; up to 1024 characters.</summary>
    public string? FallbackReason { get; init; }
}

/// <summary>What the update engine does.</summary>
[JsonConverter(typeof(WireEnumConverter<UpdatePhase>))]
public enum UpdatePhase
{
    /// <summary>Nothing.</summary>
    Idle,

    /// <summary>Reads the bundle's front.</summary>
    Checking,

    /// <summary>Fetches and writes.</summary>
    Writing,

    /// <summary>Reads back what was written.</summary>
    Verifying,

    /// <summary>Ready for a restart into the new slot.</summary>
    TrialPending,

    /// <summary>The running slot is on trial.</summary>
    Trial,

    /// <summary>The running slot was found good.</summary>
    Committed,

    /// <summary>Failed; the message says why.</summary>
    Failed,

    /// <summary>Was stopped.</summary>
    Cancelled,
}

/// <summary>Kubernetes on the node.</summary>
public sealed record KubernetesReport
{
    /// <summary>The kubelet answers.</summary>
    public required bool Healthy { get; init; }

    /// <summary>Version of the kubelet; up to 64 characters.</summary>
    public string? Kubelet { get; init; }

    /// <summary>Pods on the node.</summary>
    public int Pods { get; init; }

    /// <summary>Pods that are ready.</summary>
    public int PodsReady { get; init; }

    /// <summary>Pods that run, ready or not.</summary>
    public int PodsRunning { get; init; }

    /// <summary>Pods that wait for images or volumes.</summary>
    public int PodsPending { get; init; }

    /// <summary>Pods that ended with an error.</summary>
    public int PodsFailed { get; init; }
}
