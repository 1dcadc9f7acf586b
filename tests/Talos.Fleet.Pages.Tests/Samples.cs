using Talos.Fleet.Api;
using Talos.Fleet.Protocol;
using Talos.Fleet.Rollouts;

namespace Talos.Fleet.Pages.Tests;

/// <summary>A fleet of 240 nodes in every state.</summary>
internal static class Samples
{
    public const string Bundle = "3f9a1c5e7b2d4860a1b2c3d4e5f60718293a4b5c6d7e8f901122334455667788";

    private static readonly string[] Boards = ["raspberrypi-4", "rock-5b", "jetson-orin-nano", "raspberrypi-5"];

    public static DateTimeOffset Now { get; } = new(2026, 11, 23, 1, 0, 0, TimeSpan.Zero);

    public static PageContext As(FleetRole role) => new("anna", role, "token-of-the-form", Now);

    public static NodeSummary Node(int i) => new()
    {
        Id = $"edge-{i:000}",
        Hostname = $"edge-{i:000}",
        Presence = i % 41 == 7 ? PresenceStatus.Lost : i % 53 == 9 ? PresenceStatus.Offline : i % 101 == 3 ? null : PresenceStatus.Online,
        LastSeen = i % 101 == 3 ? null : Now.AddMinutes(-(i * 7 % 59)),
        Board = Boards[i % 11 % 4],
        Version = i % 5 == 0 ? "v1.5.0" : "v1.4.2",
        Slot = i % 2 == 0 ? "A" : "B",
        Ready = i % 37 != 5,
        Update = i % 29 == 2 ? UpdatePhase.Writing : UpdatePhase.Idle,
        DesiredVersion = i % 5 < 2 ? "v1.5.0" : null,
        DesiredStatus = i % 5 == 0 ? DesiredStatus.Done : i % 60 == 31 ? DesiredStatus.Failed : i % 5 == 1 ? DesiredStatus.Waiting : null,
        Rollout = i % 5 < 2 ? "r-20261123-001500-4f1c2a" : null,
        WearPercent = i % 13 == 0 ? null : i * 7 % 97,
        WearDaysLeft = i % 3 == 0 ? 4000 - (i * 15) : null,
        Labels = new Dictionary<string, string> { ["site"] = i % 3 == 0 ? "north" : "south", ["line"] = $"{i % 8}" },
    };

    public static OverviewModel Fleet(int count = 240, string? version = null)
    {
        NodeSummary[] nodes = [.. Enumerable.Range(1, count).Select(Node).Select(n => version is null ? n : n with { Version = version })];
        return new OverviewModel(
            new FleetSummary
            {
                Nodes = count,
                Presence = nodes.GroupBy(n => n.Presence is { } p ? $"{p}".ToLowerInvariant() : "unknown").ToDictionary(g => g.Key, g => g.Count()),
                Versions = nodes.GroupBy(n => n.Version).ToDictionary(g => g.Key, g => g.Count()),
                Boards = nodes.GroupBy(n => n.Board).ToDictionary(g => g.Key, g => g.Count()),
                Worn = nodes.Count(n => n.WearPercent >= 80),
                NotReady = nodes.Count(n => !n.Ready && n.Presence is PresenceStatus.Online),
                OpenRollouts = 1,
                Time = Now,
            },
            new Page<NodeSummary> { Items = nodes },
            new OverviewFilter(),
            [Rollout().View]);
    }

    public static NodeModel Detail(string message = "kubelet ended with exit code 1 and is started again in 5 s")
    {
        TelemetryRecord[] telemetry = [.. Enumerable.Range(0, 300).Where(i => i is < 190 or > 215).Select(Measured)];
        return new NodeModel(
            new NodeDetail
            {
                Summary = Node(36),
                Enrolled = Now.AddDays(-40),
                Presence = new Presence { Status = PresenceStatus.Online, BootId = "b1", Time = Now.AddHours(-3) },
                State = new ReportedState
                {
                    Time = Now,
                    BootId = "b1",
                    BootReason = "reboot",
                    Board = "rock-5b",
                    Architecture = "arm64",
                    Hostname = "edge-036",
                    Version = "v1.4.2",
                    Slot = "A",
                    Stage = "running",
                    Slots = [new SlotReport { Id = "A", Condition = SlotCondition.Good, Version = "v1.4.2" }, new SlotReport { Id = "B", Condition = SlotCondition.Bad, Version = "v1.5.0" }],
                    Update = new UpdateReport { Phase = UpdatePhase.Idle, FallbackVersion = "v1.5.0-rc.1", FallbackReason = "the kubelet was not healthy within 10 min" },
                    Unmet = ["kubelet: has not answered for 40 s"],
                    Kubernetes = new KubernetesReport { Healthy = false, Kubelet = "v1.36.0", Pods = 12, PodsReady = 11 },
                    Addresses = ["10.20.0.36/24", "fd00:20::36/64"],
                    ConfigHash = Bundle,
                },
                Telemetry = telemetry[^1].Telemetry,
                Desired = new DesiredState
                {
                    Node = "edge-036",
                    Revision = 9,
                    Issued = Now.AddHours(-1),
                    NotAfter = Now.AddDays(20),
                    Update = new UpdateTarget { Version = "v1.5.0", Url = "https://hub/b", BundleId = Bundle, Rollout = "r-20261123-001500-4f1c2a" },
                },
                Certificates = [new CertificateRecord { Serial = "01", NotAfter = Now.AddDays(300) }],
                LostEvents = 3,
            },
            telemetry,
            [
                .. Enumerable.Range(1, 12).Select(i => new EventRecord
                {
                    Id = i, Node = "edge-036", Stream = "s", Received = Now,
                    Event = new NodeEvent { Seq = 200 + i, Time = Now.AddMinutes(-60 + (i * 4)), BootId = "b1", Kind = i % 5 == 0 ? "service.failed" : "service.state", Severity = i % 5 == 0 ? EventSeverity.Error : i % 4 == 0 ? EventSeverity.Warning : EventSeverity.Info, Message = i % 5 == 0 ? message : "containerd is running" },
                }),
            ],
            [new CommandRecord { Id = "c", Node = "edge-036", Kind = CommandKind.SupportBundle, Revision = 2, Issued = Now.AddHours(-5), NotAfter = Now, IssuedBy = "anna", State = CommandState.Succeeded }], Rollouts().Bundles);
    }

    public static RolloutModel Rollout(RolloutPhase phase = RolloutPhase.Running) => new(
        new RolloutView
        {
            Id = "r-20261123-001500-4f1c2a",
            Plan = new RolloutPlan
            {
                Name = "November release",
                Version = "v1.5.0",
                BundleId = Bundle,
                SoakSeconds = 1800,
                ErrorCount = 12,
                Windows = [new WindowRule { TimeZone = "Europe/Berlin", Start = "22:30", Minutes = 240, Days = [WindowDay.Mon, WindowDay.Tue] }],
            },
            Head = new RolloutHead { Phase = phase, Wave = 2, Reason = phase is RolloutPhase.Running ? null : "5 of 94 nodes of wave to 50 % failed: that is 5.3 % and 5 % are too many", HeldBoards = ["jetson-orin-nano"] },
            Waves =
            [
                new WaveView { Name = "canary", Size = 4, Waiting = 0, Active = 0, Succeeded = 4, Failed = 0, Missed = 0 },
                new WaveView { Name = "to 10 %", Size = 20, Waiting = 0, Active = 0, Succeeded = 19, Failed = 1, Missed = 0 },
                new WaveView { Name = "to 50 %", Size = 94, Waiting = 40, Active = 16, Succeeded = 34, Failed = 3, Missed = 1 },
                new WaveView { Name = "to 100 %", Size = 120, Waiting = 120, Active = 0, Succeeded = 0, Failed = 0, Missed = 0 },
            ],
            Nodes = 238,
            Touched = 78,
            Created = Now.AddMinutes(-45),
            CreatedBy = "anna",
            Updated = Now.AddSeconds(-20),
        },
        [
            .. Enumerable.Range(1, 60).Select(i => new NodeProgress(
                $"edge-{i:000}", Boards[i % 4], i < 5 ? 0 : i < 25 ? 1 : 2,
                i % 19 == 0 ? NodeStatus.Failed : i % 7 == 1 ? NodeStatus.Installing : i % 3 == 1 ? NodeStatus.Succeeded : i % 3 == 0 ? NodeStatus.Waiting : NodeStatus.Assigned,
                1 + (i % 2), Now.AddMinutes(-i), null, i % 19 == 0 ? "fell back to v1.4.2: the kubelet was not healthy within 10 min" : null)),
        ]);

    public static RolloutsModel Rollouts() => new(
        [
            Rollout().View,
            Rollout(RolloutPhase.Stopped).View with { Id = "r-2", Plan = Rollout().View.Plan with { Name = "October release", Version = "v1.4.3" }, Updated = Now.AddDays(-20) },
            Rollout(RolloutPhase.AwaitingApproval).View with { Id = "r-3", Plan = Rollout().View.Plan with { Name = "Kernel with the fix for the network card of the north site", Version = "v1.6.0-rc.1" } },
        ],
        [new BundleRecord { Id = Bundle, Version = "v1.5.0", Boards = ["rock-5b"], Bytes = 183_000_000, Url = "https://hub/b", Uploaded = Now, UploadedBy = "anna" }],
        Boards,
        [new HeldBackRecord { BundleId = Bundle, Board = "jetson-orin-nano", Version = "v1.5.0", Reason = "3 nodes failed", Since = Now.AddHours(-1), Rollout = "r-1" }]);

    private static TelemetryRecord Measured(int i) => new()
    {
        Node = "edge-036",
        Received = Now,
        Telemetry = new Telemetry
        {
            Time = Now.AddMinutes(-5 * (300 - i)),
            UptimeSeconds = 90_000,
            CpuPercent = 20 + (15 * Math.Sin(i / 9.0)) + (i * 13 % 17),
            MemoryBytes = 8_000_000_000,
            MemoryUsedBytes = 3_000_000_000 + (i * 4_000_000L),
            TemperatureCelsius = 48 + (8 * Math.Sin(i / 30.0)),
            Disks = [new DiskUsage { Mount = "/var", TotalBytes = 28_000_000_000, UsedBytes = 9_000_000_000 + (i * 20_000_000L) }],
            Wear = [new FlashWear { Device = "mmcblk0", Kind = FlashKind.Emmc, UsedPercent = 60, DaysLeft = 1460, WrittenBytesPerDay = 2_100_000_000 }],
            Links = [new LinkTraffic { Name = "end0", ReceivedBytes = i * 700_000L, SentBytes = i * 90_000L }],
            Queue = new QueueReport { Events = 1 },
        },
    };
}
