using Talos.Fleet.Protocol;
using Talos.Fleet.Sparkplug;

namespace Talos.Fleet.Hub.Interop;

/// <summary>A node as metrics of Sparkplug.</summary>
internal static class NodeMetrics
{
    /// <summary>All metrics; each name once.</summary>
    public static IReadOnlyCollection<SparkplugMetric> Of(NodeView node)
    {
        Dictionary<string, SparkplugMetric> metrics = new(StringComparer.Ordinal);
        void Add(string name, SparkplugValue value, string? unit = null) => metrics.TryAdd(name, new SparkplugMetric(name, value, unit));

        State(node, Add);
        if (node.Telemetry is { } telemetry)
        {
            Measured(telemetry, Add);
        }

        return metrics.Values;
    }

    private static void State(NodeView node, Action<string, SparkplugValue, string?> add)
    {
        void Text(string name, string? value) => add(name, SparkplugValue.Of(value), null);

        Text("Properties/Board", node.Board);
        Text("Properties/Version", node.Version);
        Text("Update/Desired Version", node.DesiredVersion);
        if (node.State is not { } state)
        {
            return;
        }

        Text("Properties/Hostname", state.Hostname);
        Text("Properties/Architecture", state.Architecture);
        Text("Properties/Slot", state.Slot);
        Text("Properties/Boot Reason", state.BootReason);
        Text("Node/Stage", state.Stage);
        add("Node/Ready", SparkplugValue.Of(state.Unmet.Count == 0), null);
        Text("Update/Phase", state.Update?.Phase.ToString());
        Text("Update/Desired Status", state.Desired?.Status.ToString());
        Text("Update/Desired Reason", state.Desired?.Reason);
        if (state.Kubernetes is { } kubernetes)
        {
            add("Kubernetes/Healthy", SparkplugValue.Of(kubernetes.Healthy), null);
            add("Kubernetes/Pods", SparkplugValue.Of((long)kubernetes.Pods), null);
            add("Kubernetes/Pods Ready", SparkplugValue.Of((long)kubernetes.PodsReady), null);
            add("Kubernetes/Pods Running", SparkplugValue.Of((long)kubernetes.PodsRunning), null);
            add("Kubernetes/Pods Pending", SparkplugValue.Of((long)kubernetes.PodsPending), null);
            add("Kubernetes/Pods Failed", SparkplugValue.Of((long)kubernetes.PodsFailed), null);
            Text("Kubernetes/Kubelet", kubernetes.Kubelet);
        }
    }

    private static void Measured(Telemetry t, Action<string, SparkplugValue, string?> add)
    {
        add("Node/Uptime", SparkplugValue.Of(t.UptimeSeconds), "s");
        add("CPU/Busy", SparkplugValue.Of(t.CpuPercent), "%");
        add("Memory/Total", SparkplugValue.Of(t.MemoryBytes), "B");
        add("Memory/Used", SparkplugValue.Of(t.MemoryUsedBytes), "B");
        add("Temperature", SparkplugValue.Of(t.TemperatureCelsius), "°C");
        add("Throttled", SparkplugValue.Of(t.Throttled), null);
        foreach (DiskUsage disk in t.Disks)
        {
            string name = $"Disks/{SparkplugName.Part(disk.Mount)}";
            add($"{name}/Total", SparkplugValue.Of(disk.TotalBytes), "B");
            add($"{name}/Used", SparkplugValue.Of(disk.UsedBytes), "B");
        }

        foreach (FlashWear wear in t.Wear)
        {
            string name = $"Flash/{SparkplugName.Part(wear.Device)}";
            add($"{name}/Life Used", SparkplugValue.Of((long?)wear.UsedPercent), "%");
            add($"{name}/Warning", SparkplugValue.Of(wear.Warning), null);
            add($"{name}/Spare", SparkplugValue.Of((long?)wear.SparePercent), "%");
            add($"{name}/Media Errors", SparkplugValue.Of(wear.MediaErrors), null);
            add($"{name}/Days Left", SparkplugValue.Of((long?)wear.DaysLeft), "d");
        }

        foreach (LinkTraffic link in t.Links)
        {
            string name = $"Network/{SparkplugName.Part(link.Name)}";
            add($"{name}/Received", SparkplugValue.Of(link.ReceivedBytes), "B");
            add($"{name}/Sent", SparkplugValue.Of(link.SentBytes), "B");
            add($"{name}/Errors", SparkplugValue.Of(link.Errors), null);
        }
    }
}
