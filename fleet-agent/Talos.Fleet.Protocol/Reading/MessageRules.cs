namespace Talos.Fleet.Protocol;

/// <summary>Ranges of what nodes send; each check gives null or what is wrong.</summary>
internal static class MessageRules
{
    public static string? Check(Presence m) =>
        Limit.Text("bootId", m.BootId, 64, 1) ?? Limit.Text("agent", m.Agent, 64) ?? Limit.Text("reason", m.Reason, 256);

    public static string? Check(ReportedState m) =>
        Limit.Text("bootId", m.BootId, 64, 1)
        ?? Limit.Text("bootReason", m.BootReason, 64)
        ?? Limit.Text("board", m.Board, 64)
        ?? Limit.Text("architecture", m.Architecture, 16)
        ?? Limit.Text("hostname", m.Hostname, 253)
        ?? Limit.Text("version", m.Version, 128)
        ?? Slot("slot", m.Slot)
        ?? Limit.Items("slots", m.Slots, 4, s => Slot("id", s.Id) ?? Limit.Text("version", s.Version, 128))
        ?? (m.Update is { } update ? Check(update) : null)
        ?? Limit.Text("stage", m.Stage, 32)
        ?? Limit.Items("unmet", m.Unmet, 16, u => Limit.Text("text", u, 256))
        ?? (m.Kubernetes is { } kubernetes ? Check(kubernetes) : null)
        ?? Limit.Items("addresses", m.Addresses, 32, a => Limit.Text("text", a, 64))
        ?? Limit.Hex256("configHash", m.ConfigHash)
        ?? Limit.Labels(m.Labels)
        ?? (m.Desired is { } desired ? Limit.Range("desired.revision", desired.Revision, 1) ?? Limit.Text("desired.reason", desired.Reason, 1024) : null)
        ?? Limit.Range("telemetryIntervalSeconds", m.TelemetryIntervalSeconds)
        ?? Limit.Text("agent", m.Agent, 64);

    public static string? Check(Telemetry m) =>
        Limit.Range("uptimeSeconds", m.UptimeSeconds)
        ?? Limit.Range("cpuPercent", m.CpuPercent, 0, 100)
        ?? Limit.Range("memoryBytes", m.MemoryBytes)
        ?? Limit.Range("memoryUsedBytes", m.MemoryUsedBytes)
        ?? Limit.Items("disks", m.Disks, 8, d => Limit.Text("mount", d.Mount, 64, 1) ?? Limit.Range("totalBytes", d.TotalBytes) ?? Limit.Range("usedBytes", d.UsedBytes))
        ?? Limit.Range("temperatureCelsius", m.TemperatureCelsius, -100, 250)
        ?? Limit.Items("wear", m.Wear, 8, Check)
        ?? Limit.Items("links", m.Links, 8, Check)
        ?? (m.Queue is { } queue ? Check(queue) : null);

    public static string? Check(EventBatch m)
    {
        string? problem = Limit.Id("stream", m.Stream) ?? Limit.Range("oldest", m.Oldest, 1) ?? Limit.Items("events", m.Events, 64, Check, 1);
        if (problem is not null)
        {
            return problem;
        }

        long before = m.Oldest - 1;
        foreach (NodeEvent e in m.Events)
        {
            if (e.Seq <= before)
            {
                return $"events: number {e.Seq} does not rise above {before}";
            }

            before = e.Seq;
        }

        return null;
    }

    public static string? Check(EventAck m) => Limit.Id("stream", m.Stream) ?? Limit.Range("seq", m.Seq);

    public static string? Check(CommandResult m) => Limit.Id("id", m.Id) ?? Limit.Text("message", m.Message, 4096);

    private static string? Check(NodeEvent e) =>
        Limit.Range("seq", e.Seq, 1) ?? Limit.Text("bootId", e.BootId, 64, 1) ?? Kind(e.Kind) ?? Limit.Text("message", e.Message, 1024);

    private static string? Check(UpdateReport m) =>
        Limit.Text("update.version", m.Version, 128)
        ?? Limit.Text("update.message", m.Message, 1024)
        ?? Limit.Range("update.percent", m.Percent, 0, 100)
        ?? Limit.Text("update.fallbackVersion", m.FallbackVersion, 128)
        ?? Limit.Text("update.fallbackReason", m.FallbackReason, 1024);

    private static string? Check(KubernetesReport m) =>
        Limit.Text("kubernetes.kubelet", m.Kubelet, 64)
        ?? Limit.Range("kubernetes.pods", m.Pods)
        ?? Limit.Range("kubernetes.podsReady", m.PodsReady)
        ?? Limit.Range("kubernetes.podsRunning", m.PodsRunning)
        ?? Limit.Range("kubernetes.podsPending", m.PodsPending)
        ?? Limit.Range("kubernetes.podsFailed", m.PodsFailed);

    private static string? Check(FlashWear m) =>
        Limit.Text("device", m.Device, 32, 1)
        ?? Limit.Range("usedPercent", m.UsedPercent, 0, 255)
        ?? Limit.Range("sparePercent", m.SparePercent, 0, 100)
        ?? Limit.Range("mediaErrors", m.MediaErrors)
        ?? Limit.Range("writtenBytes", m.WrittenBytes)
        ?? Limit.Range("writtenBytesPerDay", m.WrittenBytesPerDay)
        ?? Limit.Range("daysLeft", m.DaysLeft);

    private static string? Check(LinkTraffic m) =>
        Limit.Text("name", m.Name, 32, 1)
        ?? Limit.Range("receivedBytes", m.ReceivedBytes)
        ?? Limit.Range("sentBytes", m.SentBytes)
        ?? Limit.Range("errors", m.Errors);

    private static string? Check(QueueReport m) =>
        Limit.Range("queue.events", m.Events)
        ?? Limit.Range("queue.telemetry", m.Telemetry)
        ?? Limit.Range("queue.droppedEvents", m.DroppedEvents)
        ?? Limit.Range("queue.droppedTelemetry", m.DroppedTelemetry)
        ?? Limit.Range("queue.refused", m.Refused);

    private static string? Slot(string member, string? value) => value is null or "A" or "B" ? null : $"{member}: is neither A nor B";

    private static string? Kind(string kind) =>
        kind.Length is > 0 and <= 64 && kind.AsSpan().IndexOfAnyExcept(KindCharacters) < 0 ? null : "kind: is not 1 to 64 of a-z 0-9 . -";

    private static System.Buffers.SearchValues<char> KindCharacters { get; } = System.Buffers.SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789.-");
}
