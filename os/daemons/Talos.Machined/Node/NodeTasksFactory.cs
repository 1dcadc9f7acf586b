using Microsoft.Extensions.Logging;
using Talos.Cosi;
using Talos.Kernel;
using Talos.Linux;
using Talos.Machined.Sequences;
using Talos.Resources.Runtime;
using Talos.Services;

namespace Talos.Machined.Node;

/// <summary>What the tasks of the sequences do on a real node.</summary>
/// <param name="node">The node.</param>
/// <param name="api">The API's host.</param>
/// <param name="log">Where to tell.</param>
internal sealed partial class NodeTasksFactory(NodeContext node, ApiHost api, ILogger<NodeTasksFactory> log)
{
    /// <summary>How long early services may take before the node goes on without them.</summary>
    private static readonly TimeSpan EarlyServiceTimeout = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan PodGrace = TimeSpan.FromSeconds(30);

    private static readonly ResourceAddress Config = new("config", "MachineConfigs.config.talos.dev", "v1alpha1");

    /// <summary>Stops all pods within a grace period; null on a node without a container runtime.</summary>
    public Func<TimeSpan, CancellationToken, Task>? StopPods { get; set; }

    /// <summary>Wipes partitions by label; null on a node without disks of its own.</summary>
    public Func<IReadOnlyList<string>, CancellationToken, Task>? WipePartitions { get; set; }

    /// <summary>Reads META; null on a node without one.</summary>
    public Func<CancellationToken, Task>? ReadMeta { get; set; }

    /// <summary>Makes the tasks.</summary>
    public NodeTasks Create() => new()
    {
        EnforceKernelRequirements = Task("enforceKSPPRequirements", EnforceKernelRequirements),
        StartMachined = new("startMachined", api.StartAsync),
        StartUdevd = new("startUdevd", ct => AwaitEarlyServiceAsync("udevd", ct)),
        StartApid = new("startApid", ct => AwaitEarlyServiceAsync("apid", ct)),
        ReloadMeta = new("reloadMeta", ct => ReadMeta?.Invoke(ct) ?? System.Threading.Tasks.Task.CompletedTask),
        LoadConfig = new("loadConfig", LoadConfigAsync),
        CheckMemorySize = Task("memorySizeCheck", CheckMemorySize),
        MountEphemeral = new("mountEphemeralPartition", MountEphemeralAsync),
        StartAllServices = new("startAllServices", StartAllServicesAsync),
        StopAllPods = new("stopAllPods", StopAllPodsAsync),
        DenyNewServices = Task("denyNewServices", node.Services.DenyStarts),
        StopServicesEphemeral = new("stopServicesEphemeral", StopServicesEphemeralAsync),
        UnmountPodMounts = Task("unmountPodMounts", MountTasks.UnmountPods),
        UnmountEphemeral = Task("unmountEphemeralPartition", UnmountEphemeral),
        TeardownVolumes = Task("teardownVolumeLifecycle", MountTasks.UnmountState),
        StopAllServices = new("stopAllServices", StopAllServicesAsync),
        WipePartitions = labels => new SequenceTask("resetSystemDiskSpec", ct => WipeAsync(labels, ct)),
        Reboot = Task("reboot", () => PowerOff(RebootCommand.Restart)),
        Shutdown = Task("shutdown", () => PowerOff(RebootCommand.PowerOff)),
    };

    private static SequenceTask Task(string name, Action action) => new(name, _ =>
    {
        action();
        return System.Threading.Tasks.Task.CompletedTask;
    });

    private void EnforceKernelRequirements()
    {
        IReadOnlyList<string> missing = KernelRequirements.Missing(Talos.Kernel.KernelCommandLine.Parse(node.Options.CommandLine));
        if (missing.Count > 0)
        {
            throw new InvalidOperationException($"kernel command line lacks {string.Join(", ", missing)}");
        }
    }

    private async Task AwaitEarlyServiceAsync(string id, CancellationToken ct)
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(EarlyServiceTimeout);
        try
        {
            await node.Services.UntilAsync(() => node.Services.Find(id) is { IsUp: true }, limit.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            LogGoesOnWithout(id, node.Services.Find(id)?.Message ?? "nobody asked for it");
        }
    }

    private async Task LoadConfigAsync(CancellationToken ct)
    {
        await node.State.UntilAsync(() => node.State.Get(Config) is { Phase: ResourcePhase.Running }, ct);
        node.Stage.Set(MachineStage.Booting);
        if (MountTasks.IsMounted(MountTasks.State))
        {
            MachineId.Settle();
        }
    }

    private void CheckMemorySize()
    {
        long bytes = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        LogMemory(bytes >> 20);
    }

    private async Task MountEphemeralAsync(CancellationToken ct)
    {
        await Waiting.PollAsync(() => MountTasks.IsMounted(MountTasks.Ephemeral), node.Time, ct);
        MountTasks.PrepareEphemeral();
        node.Logs.OpenStore();
    }

    private async Task StartAllServicesAsync(CancellationToken ct) =>
        await node.Services.UntilAsync(() => node.Services.List().All(s => s.IsUp || s.State is ServiceState.Finished), ct);

    private async Task StopAllPodsAsync(CancellationToken ct)
    {
        await node.Services.StopWhereAsync((id, _) => id == "kubelet", ct);
        if (StopPods is { } stop)
        {
            await stop(PodGrace, ct);
        }
    }

    /// <summary>Services of pods, and whatever processes are left of the pods themselves.</summary>
    private async Task StopServicesEphemeralAsync(CancellationToken ct)
    {
        await node.Services.StopWhereAsync((_, spec) => spec.Cgroup.StartsWith("podruntime", StringComparison.Ordinal), ct);
        foreach (string group in (string[])["kubepods", "podruntime"])
        {
            if (new Cgroup(group) is { Exists: true } left)
            {
                left.Kill();
            }
        }
    }

    private void UnmountEphemeral()
    {
        node.Logs.CloseStore();
        MountTasks.UnmountEphemeral();
    }

    /// <summary>The API's server goes last, so that clients see how far the node has come.</summary>
    private async Task StopAllServicesAsync(CancellationToken ct)
    {
        node.Services.DenyStarts();
        await node.Services.StopWhereAsync((id, _) => id != "apid", ct);
        await node.Services.StopWhereAsync((_, _) => true, ct);
    }

    private Task WipeAsync(IReadOnlyList<string> labels, CancellationToken ct) =>
        (WipePartitions ?? throw new InvalidOperationException("no disks to wipe"))(labels, ct);

    private static void PowerOff(RebootCommand command)
    {
        Files.SyncAll();
        Machine.Reboot(command);
    }

    [LoggerMessage(LogLevel.Warning, "Going on without {Service}: {Reason}")]
    private partial void LogGoesOnWithout(string service, string reason);

    [LoggerMessage(LogLevel.Information, "Memory: {MebiBytes} MiB")]
    private partial void LogMemory(long mebiBytes);
}
