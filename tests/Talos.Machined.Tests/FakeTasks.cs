using Talos.Machined.Sequences;

namespace Talos.Machined.Tests;

/// <summary>Node tasks that all do the same.</summary>
internal static class FakeTasks
{
    public static NodeTasks Create(Func<string, CancellationToken, Task> run)
    {
        SequenceTask Of(string name) => new(name, ct => run(name, ct));
        return new NodeTasks
        {
            EnforceKernelRequirements = Of("enforceKSPPRequirements"),
            StartUdevd = Of("startUdevd"),
            StartMachined = Of("startMachined"),
            ReloadMeta = Of("reloadMeta"),
            CheckUpdate = Of("checkUpdate"),
            LoadConfig = Of("loadConfig"),
            CheckMemorySize = Of("memorySizeCheck"),
            MountEphemeral = Of("mountEphemeralPartition"),
            StartAllServices = Of("startAllServices"),
            StopAllPods = Of("stopAllPods"),
            DenyNewServices = Of("denyNewServices"),
            StopServicesEphemeral = Of("stopServicesEphemeral"),
            UnmountPodMounts = Of("unmountPodMounts"),
            UnmountEphemeral = Of("unmountEphemeralPartition"),
            TeardownVolumes = Of("teardownVolumeLifecycle"),
            StopAllServices = Of("stopAllServices"),
            WipePartitions = labels => Of("wipe " + string.Join(',', labels)),
            Reboot = Of("reboot"),
            Shutdown = Of("shutdown"),
        };
    }
}
