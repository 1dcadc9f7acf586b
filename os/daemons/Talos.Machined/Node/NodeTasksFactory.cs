using Microsoft.Extensions.Logging;
using Talos.Block;
using Talos.Containers;
using Talos.Kernel;
using Talos.Linux;
using Talos.Machined.Configuration;
using Talos.Machined.Lifecycle;
using Talos.Machined.Sequences;
using Talos.Machined.Stalls;
using Talos.Machined.Updates;
using Talos.Machined.Watchdogs;
using Talos.Ota.Engine;
using Talos.Resources.Runtime;
using Talos.Rpc.Authorization;
using Talos.Services;

namespace Talos.Machined.Node;

/// <summary>What the tasks of the sequences do on a real node.</summary>
/// <param name="node">The node.</param>
/// <param name="api">The API's host.</param>
/// <param name="rooms">What the rooms give to the sequences.</param>
/// <param name="log">Where to tell.</param>
internal sealed partial class NodeTasksFactory(NodeContext node, ApiHost api, NodeRooms rooms, ILogger<NodeTasksFactory> log)
{
    /// <summary>How long early services may take before the node goes on without them.</summary>
    private static readonly TimeSpan EarlyServiceTimeout = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan PodGrace = TimeSpan.FromSeconds(30);

    private bool _listensToButtons;

    /// <summary>Makes the tasks.</summary>
    public NodeTasks Create() => new()
    {
        EnforceKernelRequirements = Task("enforceKSPPRequirements", EnforceKernelRequirements),
        StartMachined = new("startMachined", api.StartAsync),
        StartUdevd = new("startUdevd", StartUdevdAsync),
        ReloadMeta = Task("reloadMeta", ReloadMeta),
        CheckUpdate = new("checkUpdate", CheckUpdateAsync),
        LoadConfig = new("loadConfig", LoadConfigAsync),
        CheckMemorySize = Task("memorySizeCheck", CheckMemorySize),
        MountEphemeral = new("mountEphemeralPartition", MountEphemeralAsync),
        StartAllServices = new("startAllServices", StartAllServicesAsync),
        StopAllPods = new("stopAllPods", StopAllPodsAsync),
        DenyNewServices = Task("denyNewServices", node.Services.DenyStarts),
        StopServicesEphemeral = new("stopServicesEphemeral", StopServicesEphemeralAsync),
        UnmountPodMounts = Task("unmountPodMounts", MountTasks.UnmountPods),
        UnmountEphemeral = new("unmountEphemeralPartition", UnmountEphemeralAsync),
        TeardownVolumes = new("teardownVolumeLifecycle", TeardownVolumesAsync),
        StopAllServices = new("stopAllServices", StopAllServicesAsync),
        WipePartitions = labels => new SequenceTask("resetSystemDiskSpec", ct => rooms.Volumes.WipeAsync(labels, ct)),
        Reboot = new("reboot", RestartAsync),
        Shutdown = Task("shutdown", SwitchOff),
    };

    private static SequenceTask Task(string name, Action action) => new(name, _ =>
    {
        action();
        return System.Threading.Tasks.Task.CompletedTask;
    });

    private void EnforceKernelRequirements()
    {
        IReadOnlyList<string> missing = KernelRequirements.Missing(KernelCommandLine.Parse(node.Options.CommandLine));
        if (missing.Count > 0)
        {
            throw new InvalidOperationException($"kernel command line lacks {string.Join(", ", missing)}");
        }
    }

    /// <summary>Buttons are there once udevd has loaded their drivers.</summary>
    private async Task StartUdevdAsync(CancellationToken ct)
    {
        await InjectedStall.HappenAsync(node.Options.CommandLine);
        await AwaitEarlyServiceAsync("udevd", ct);
        if (!_listensToButtons)
        {
            _listensToButtons = true;
            foreach (string device in PowerButton.Listen(node.Pump, OnPowerButton))
            {
                LogPowerButton(device);
            }
        }
    }

    private void OnPowerButton()
    {
        LogPowerButtonPressed();
        try
        {
            node.Sequencer.Start(ShutdownSequence.Plan(new ShutdownOptions(false), Create()));
            node.Stage.Set(MachineStage.ShuttingDown);
        }
        catch (SequenceBusyException e)
        {
            LogBusy(e.Message);
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

    /// <summary>A node whose META cannot be read can still do its work.</summary>
    private void ReloadMeta()
    {
        try
        {
            rooms.Meta.Load();
        }
        catch (Exception e) when (e is IOException or VolumeException)
        {
            LogNoMeta(e.Message);
        }
    }

    private async Task CheckUpdateAsync(CancellationToken ct)
    {
        await rooms.Updates.Boot.CheckAsync(ct);
        switch (rooms.Updates.Boot.Report)
        {
            case { Kind: BootKind.TrialAgain }:
                node.Sequencer.Start(RebootSequence.Plan(new RebootOptions(RebootMode.Force), Create()));
                break;
            case { } report when rooms.Updates.Wipe.IsDue(report):
                await rooms.Volumes.WipeAsync([VolumeNames.Ephemeral], ct);
                rooms.Updates.Wipe.Forget();
                LogWiped();
                break;
        }
    }

    /// <summary>In recovery the config is loaded for the sake of the API, and nothing follows.</summary>
    private async Task LoadConfigAsync(CancellationToken ct)
    {
        await rooms.Volumes.MountAsync(VolumeNames.State, ct);
        rooms.Updates.Data.EnterState();
        MachineId.Settle();
        if (rooms.Config.Active is not { IsComplete: true })
        {
            await rooms.Config.LoadAsync(ct);
        }

        if (rooms.Updates.Boot.Recovery is { } recovery)
        {
            node.Stage.Set(MachineStage.Maintenance, recovery);
            await System.Threading.Tasks.Task.Delay(Timeout.InfiniteTimeSpan, ct);
        }

        if (rooms.Config.Active is not { IsComplete: true })
        {
            TellWhatIsMissing();
            await rooms.Config.WaitUntilConfiguredAsync(ct);
        }

        node.Stage.Set(MachineStage.Booting);
    }

    private void TellWhatIsMissing()
    {
        if (rooms.Config.Admission is Admission.Maintenance)
        {
            LogMaintenance();
            node.Stage.Set(MachineStage.Maintenance);
            return;
        }

        LogDamaged();
        node.Stage.Set(MachineStage.Maintenance, "the machine config on STATE cannot be used: bring another one with a certificate of before");
    }

    private void CheckMemorySize()
    {
        long bytes = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        LogMemory(bytes >> 20);
    }

    private async Task MountEphemeralAsync(CancellationToken ct)
    {
        await rooms.Volumes.MountAsync(VolumeNames.Ephemeral, ct);
        rooms.Updates.Data.EnterEphemeral();
        MountTasks.PrepareEphemeral();
        node.Logs.OpenStore();
    }

    private async Task StartAllServicesAsync(CancellationToken ct) =>
        await node.Services.UntilAsync(() => node.Services.List().All(s => s.IsUp || s.State is ServiceState.Finished), ct);

    private async Task StopAllPodsAsync(CancellationToken ct)
    {
        await node.Services.StopWhereAsync((id, _) => id == "kubelet", ct);
        await rooms.Pods.StopAllAsync(PodGrace, ct);
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

    private async Task UnmountEphemeralAsync(CancellationToken ct)
    {
        node.Logs.CloseStore();
        MountTasks.UnmountAboveAndBelowEphemeral();
        await rooms.Updates.Data.LeaveEphemeralAsync(ct);
        await rooms.Volumes.UnmountAsync(VolumeNames.Ephemeral, ct);
    }

    private async Task TeardownVolumesAsync(CancellationToken ct)
    {
        await rooms.Updates.Data.LeaveStateAsync(ct);
        await rooms.Volumes.UnmountAsync(VolumeNames.State, ct);
        Files.SyncAll();
    }

    /// <summary>The API's server goes last, so that clients see how far the node has come.</summary>
    private async Task StopAllServicesAsync(CancellationToken ct)
    {
        node.Services.DenyStarts();
        await node.Services.StopWhereAsync((id, _) => id != "apid", ct);
        await node.Services.StopWhereAsync((_, _) => true, ct);
    }

    /// <summary>The watchdog stays armed: where the hardware lets it, it guards the way through the firmware.</summary>
    private async Task RestartAsync(CancellationToken ct)
    {
        string? argument = await rooms.Updates.PrepareRebootAsync(ct);
        Files.SyncAll();
        rooms.Watchdog.Feed();
        if (argument is not null)
        {
            Machine.RestartWith(argument);
        }

        Machine.Reboot(RebootCommand.Restart);
    }

    private void SwitchOff()
    {
        Files.SyncAll();
        rooms.Watchdog.Disarm();
        Machine.Reboot(RebootCommand.PowerOff);
    }

    [LoggerMessage(LogLevel.Warning, "Going on without {Service}: {Reason}")]
    private partial void LogGoesOnWithout(string service, string reason);

    [LoggerMessage(LogLevel.Information, "This node has no machine config; it waits for one over the API")]
    private partial void LogMaintenance();

    [LoggerMessage(LogLevel.Error, "The machine config on STATE cannot be used. The node stays closed to callers without a certificate and waits for "
        + "another config from its administrator, whose certificate counts until the API's certificate of before expires; after that, "
        + "start it once with talos.experimental.wipe=system:STATE on the kernel command line")]
    private partial void LogDamaged();

    [LoggerMessage(LogLevel.Warning, "META cannot be read: {Problem}")]
    private partial void LogNoMeta(string problem);

    [LoggerMessage(LogLevel.Information, "Listening to the power button {Device}")]
    private partial void LogPowerButton(string device);

    [LoggerMessage(LogLevel.Information, "Power button pressed")]
    private partial void LogPowerButtonPressed();

    [LoggerMessage(LogLevel.Warning, "Power button ignored: {Problem}")]
    private partial void LogBusy(string problem);

    [LoggerMessage(LogLevel.Information, "EPHEMERAL wiped: the update was asked to")]
    private partial void LogWiped();

    [LoggerMessage(LogLevel.Information, "Memory: {MebiBytes} MiB")]
    private partial void LogMemory(long mebiBytes);
}

/// <summary>What the rooms give to the sequences.</summary>
/// <param name="Config">The machine config.</param>
/// <param name="Volumes">The volumes of the system disk.</param>
/// <param name="Meta">The values of META.</param>
/// <param name="Pods">Stops pods.</param>
/// <param name="Watchdog">The watchdog of the board.</param>
/// <param name="Updates">Updates of the system.</param>
internal sealed record NodeRooms(
    IConfigurationService Config, IVolumes Volumes, IMeta Meta, IPodStopper Pods, BoardWatchdog Watchdog, UpdateModule Updates);
